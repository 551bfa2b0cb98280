package language

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
)

// Example is a text, or a piece of one, for fitting: what it is written in.
type Example struct {
	Text   string
	Lane   int     // of its script
	Weight float64 // of the text among all
}

// Settings of the fit.
type Settings struct {
	Epochs int
	Rate   float64 // step of AdaGrad
	Decay  float64 // of all weights, by step
	Seed   uint64
}

// sample is an example as the fit sees it: the buckets of its words.
type sample struct {
	script int
	lane   int
	weight float64
	words  []sampleWord
}

// sampleWord is the buckets of a word, and how much they count.
type sampleWord struct {
	buckets []uint32
	part    float64
}

// Fit fits a model by stochastic gradient descent (AdaGrad) on the cross
// entropy of the lanes, on whole texts and on pieces of one to five words, and
// returns its file. The same examples and settings give the same bytes.
func Fit(examples []Example, s Settings) []byte {
	var samples []sample
	for _, e := range examples {
		var of [scripts]sample
		r := newReader(e.Text)
		for r.next() {
			w := sampleWord{r.buckets(nil), 1}
			if r.name() {
				w.part = float64(ofName) / ofWord
			}
			of[r.script].words = append(of[r.script].words, w)
		}
		script := cyrillic
		if len(of[latin].words) > len(of[cyrillic].words) {
			script = latin
		}
		if one := of[script]; len(one.words) > 0 {
			one.script, one.lane, one.weight = script, e.Lane, e.Weight
			samples = append(samples, one)
		}
	}
	var weights, squares [scripts][][lanes]float32
	for i, b := range bits {
		weights[i], squares[i] = make([][lanes]float32, 1<<b), make([][lanes]float32, 1<<b)
	}
	var mean [scripts][][lanes]float32
	for i, b := range bits {
		mean[i] = make([][lanes]float32, 1<<b)
	}
	random := rand.New(rand.NewPCG(s.Seed, 1))
	for epoch := range s.Epochs {
		rate := s.Rate * (1 - 0.9*float64(epoch)/float64(s.Epochs))
		random.Shuffle(len(samples), func(i, j int) { samples[i], samples[j] = samples[j], samples[i] })
		for _, x := range samples {
			step(&weights, &squares, x, x.words, rate, s.Decay)
			n := 1 + random.IntN(5)
			if at := random.IntN(len(x.words)); n < len(x.words) {
				step(&weights, &squares, x, x.words[at:min(at+n, len(x.words))], rate, s.Decay)
			}
		}
		if epoch >= s.Epochs/2 {
			for i := range mean {
				for b := range mean[i] {
					for l := range lanes {
						mean[i][b][l] += weights[i][b][l] / float32(s.Epochs-s.Epochs/2)
					}
				}
			}
		}
	}
	return pack(mean)
}

// step moves the weights along the gradient of one piece.
func step(weights, squares *[scripts][][lanes]float32, x sample, words []sampleWord, rate, decay float64) {
	w, q := weights[x.script], squares[x.script]
	var sum [lanes]float64
	for _, word := range words {
		for _, b := range word.buckets {
			for l := range lanes {
				sum[l] += word.part * float64(w[b][l])
			}
		}
	}
	p := softmax(sum)
	for l := range lanes {
		g := p[l]
		if l == x.lane {
			g--
		}
		g *= x.weight
		if math.Abs(g) < 1e-4 {
			continue
		}
		for _, word := range words {
			for _, b := range word.buckets {
				grad := g*word.part + decay*float64(w[b][l])
				q[b][l] += float32(grad * grad)
				w[b][l] -= float32(rate * grad / math.Sqrt(float64(q[b][l])+1e-4))
			}
		}
	}
}

func softmax(x [lanes]float64) (p [lanes]float64) {
	top, sum := math.Inf(-1), 0.0
	for _, v := range x {
		top = max(top, v)
	}
	for i, v := range x {
		p[i] = math.Exp(v - top)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

// pack rounds the weights to bytes. The scale is such that one weight in ten
// thousand is cut.
func pack(weights [scripts][][lanes]float32) []byte {
	var all []float64
	for _, t := range weights {
		for _, b := range t {
			for _, v := range b {
				if v != 0 {
					all = append(all, math.Abs(float64(v)))
				}
			}
		}
	}
	scale := float32(quantile(all, 0.9999) / 127)
	var out bytes.Buffer
	out.WriteString(magic)
	binary.Write(&out, binary.LittleEndian, scale)
	for _, t := range weights {
		for _, b := range t {
			for _, v := range b {
				out.WriteByte(byte(128 + max(-127, min(127, math.Round(float64(v/scale))))))
			}
		}
	}
	return out.Bytes()
}

func quantile(x []float64, q float64) float64 {
	slices.Sort(x)
	if len(x) == 0 {
		return 1
	}
	return x[int(q*float64(len(x)-1))]
}
