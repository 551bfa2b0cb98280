package plots

import (
	"encoding/json"
	"fmt"
	"testing"

	"gonum.org/v1/plot/vg"
)

// TestUsualSizeIsTheDefault: the zero value is two columns, and parameters of
// units that hold a study do not speak of it.
func TestUsualSizeIsTheDefault(t *testing.T) {
	d := newStudy()
	zero := d.width()
	d.Study.Size = TwoColumn
	if d.width() != zero || zero != 174*vg.Millimeter-2*margin {
		t.Errorf("got %v and %v", zero, d.width())
	}
	b, err := json.Marshal(Study{Name: "a"})
	if want := `{"Name":"a","Title":"","Countries":null,"Simulated":false}`; err != nil || string(b) != want {
		t.Errorf("got %s, %v", b, err)
	}
}

// TestSlideTakesTheLargestType: few rows are large, many are smaller, and more
// than a slide holds are left out and counted, at a size that can be read.
func TestSlideTakesTheLargestType(t *testing.T) {
	zoom := map[int]float64{}
	for _, n := range []int{2, 9, 60} {
		d := newStudy()
		d.Study.Size = Slide
		for i := range n {
			seen(t, d, "x", fmt.Sprintf("%02d", i), map[string]int64{"2024-01-01": int64(1000 + i)})
		}
		p, err := followers.Page(d)
		if err != nil {
			t.Fatal(err)
		}
		zoom[n] = p.zoom
		if !p.fits() || p.Height > 143*vg.Millimeter || p.cramped != (n == 60) {
			t.Errorf("%d rows: %v high, cramped %v", n, p.Height, p.cramped)
		}
	}
	if zoom[2] != 1.8 || !(zoom[9] < zoom[2]) || zoom[60] != 1.25 {
		t.Errorf("zooms by rows: %v", zoom)
	}
}

// TestNarrowRowsAreStacked: in one column the labels stand above the marks, and
// tags of many words break rather than leave marks no room.
func TestNarrowRowsAreStacked(t *testing.T) {
	l := look{color: black, ink: black}
	p := dotRows{axis: "a", ticks: logTicks(1, 100), heads: []string{"value"}, rows: []dotRow{
		{label: "a label of some length that takes room", dots: []dot{{at: 10, look: l}}, cells: []string{"10"},
			left: tag{"a tag, of many words", labelType}, right: tag{"another tag, of many words", labelType}},
	}}
	if wide := p.fit(500); wide.stacked || wide.height(500) != p.height(500) {
		t.Error("stacked where there is room")
	}
	narrow := p.fit(240)
	if !narrow.stacked || p.height(240) <= p.height(500) {
		t.Error("not stacked where there is no room")
	}
	if got := p.fit(200).rows[0].left.text; got != "a tag,\nof many words" {
		t.Errorf("got %q", got)
	}
	if p.rows[0].left.text != "a tag, of many words" {
		t.Error("fit changed the plot itself")
	}
}

// TestBlocks: columns that do not fit stand in blocks one below the other, each
// once and in order.
func TestBlocks(t *testing.T) {
	m := matrix{pitch: 10, labelShare: .3, least: 40, rows: []matrixRow{{head: true, label: "head"}, {label: "row", cells: make([]cellDrawer, 7)}}}
	for i := range 7 {
		m.columns = append(m.columns, matrixColumn{name: fmt.Sprint(i)})
	}
	if got := len(m.blocks(500)); got != 1 {
		t.Errorf("%d blocks where there is room", got)
	}
	blocks := m.blocks(200)
	var names string
	for _, b := range blocks {
		if b.columnWidth(200) < m.least || len(b.rows[1].cells) != len(b.columns) {
			t.Errorf("columns of %v, %d cells under %d", b.columnWidth(200), len(b.rows[1].cells), len(b.columns))
		}
		for _, c := range b.columns {
			names += c.name
		}
	}
	if names != "0123456" || m.height(200) <= m.height(500) {
		t.Errorf("got %q in %d blocks", names, len(blocks))
	}
}
