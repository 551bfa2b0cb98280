package datasets

import (
	"encoding/base64"
	"encoding/binary"
	"io"
	"slices"

	"github.com/apache/arrow/go/v15/arrow/flight"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/metadata"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
	"github.com/apache/arrow/go/v15/parquet/schema"
	"github.com/klauspost/compress/zstd"
)

// parquetFile writes chunks as the row groups of a Parquet file.
type parquetFile struct {
	out    told
	props  *parquet.WriterProperties
	meta   *metadata.FileMetaDataBuilder
	groups int
}

// told counts the bytes that are written.
type told struct {
	io.Writer
	n int64
}

func (t *told) Write(b []byte) (int, error) {
	n, err := t.Writer.Write(b)
	t.n += int64(n)
	return n, err
}

func (t *told) Tell() int64 { return t.n }

const magic = "PAR1"

// newFile begins a Parquet file with the schema.
func (s Schema) newFile(w io.Writer, props *parquet.WriterProperties, o WriteOptions) (*parquetFile, error) {
	sheet := s.arrowSchema(o)
	fields, err := pqarrow.ToParquet(sheet, props, pqarrow.DefaultWriterProps())
	if err != nil {
		return nil, err
	}
	meta := metadata.NewKeyValueMetadata()
	for i, key := range sheet.Metadata().Keys() {
		if err := meta.Append(key, sheet.Metadata().Values()[i]); err != nil {
			return nil, err
		}
	}
	// The stored arrow schema is where readers find the columns' descriptions.
	stored := base64.StdEncoding.EncodeToString(flight.SerializeSchema(sheet, memory.DefaultAllocator))
	if err := meta.Append("ARROW:schema", stored); err != nil {
		return nil, err
	}
	f := &parquetFile{
		out: told{Writer: w}, props: props,
		meta: metadata.NewFileMetadataBuilder(schema.NewSchema(fields.Root()), props, meta),
	}
	_, err = io.WriteString(&f.out, magic)
	return f, err
}

// rowGroup writes the chunks of all columns, of so many rows each.
func (f *parquetFile) rowGroup(rows int, chunks []chunk) error {
	group := f.meta.AppendRowGroup()
	start := f.out.n
	for i := range chunks {
		if err := f.column(group.NextColumnChunk(), i, &chunks[i]); err != nil {
			return err
		}
	}
	group.SetNumRows(rows)
	f.groups++
	return group.Finish(f.out.n-start, int16(f.groups-1))
}

func (f *parquetFile) column(meta *metadata.ColumnChunkMetaDataBuilder, i int, c *chunk) error {
	pages, err := file.NewPageWriter(&f.out, f.props.Compression(), zstdLevel, meta, int16(f.groups), int16(i), memory.DefaultAllocator, false, nil, nil)
	if err != nil {
		return err
	}
	encoding := parquet.Encodings.Plain
	if c.words > 0 {
		encoding = f.props.DictionaryIndexEncoding()
		page := file.NewDictionaryPage(memory.NewBufferBytes(c.dict), int32(c.words), f.props.DictionaryPageEncoding())
		if _, err := pages.WriteDictionaryPage(page); err != nil {
			return err
		}
	}
	for _, p := range c.pages {
		page := file.NewDataPageV1(memory.NewBufferBytes(p.data), int32(p.rows), encoding, parquet.Encodings.RLE, parquet.Encodings.RLE, int32(p.size))
		if _, err := pages.WriteDataPage(page); err != nil {
			return err
		}
	}
	meta.SetStats(c.stats)
	return pages.Close(c.words > 0, false)
}

// close writes the footer. The writer below stays open.
func (f *parquetFile) close() error {
	footer, err := f.meta.Finish()
	if err != nil {
		return err
	}
	n, err := footer.WriteTo(&f.out, nil)
	if err != nil {
		return err
	}
	_, err = f.out.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(n)), magic...))
	return err
}

// compressor returns src compressed, in dst where there is room. It is safe for
// concurrent use.
type compressor func(dst, src []byte) []byte

func (o WriteOptions) newCompressor() (compressor, error) {
	if !o.Zstd {
		codec, err := compress.GetCodec(o.codec())
		return func(dst, src []byte) []byte {
			dst = slices.Grow(dst[:0], int(codec.CompressBound(int64(len(src)))))
			return codec.Encode(dst[:cap(dst)], src)
		}, err
	}
	// arrow v15 makes an encoder a page.
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.EncoderLevelFromZstd(zstdLevel)), zstd.WithEncoderCRC(false))
	if err != nil {
		return nil, err
	}
	return func(dst, src []byte) []byte { return z.EncodeAll(src, dst[:0]) }, nil
}
