package datasets

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
)

// SchemaVersion is the version of the tables' columns, stored in every Parquet
// file. It changes when a column is added, removed, renamed or redefined.
const SchemaVersion = "1"

// Profile names the way in which Parquet files are written: the features that
// every reader understands, and no other.
const Profile = "portable-1"

// RowGroupRows is the number of rows in a row group, of some tables fewer. Readers
// get batches of at most so many rows, and a writer holds so many in memory.
const RowGroupRows = 30_720

// WriteOptions are the choices that a caller has in writing Parquet.
type WriteOptions struct {
	Zstd      bool // compress with zstd, level 3: a third smaller, for what is published; snappy otherwise
	Simulated bool // the rows are simulated; the file says so
	Unchecked bool // leave no check file, so that Verify cannot be asked: for measuring what writing alone takes
}

const zstdLevel = 3

func (o WriteOptions) codec() compress.Compression {
	if o.Zstd {
		return compress.Codecs.Zstd
	}
	return compress.Codecs.Snappy
}

// writerProperties is the profile. With its defaults, arrow v15 writes the root
// of the schema as repeated, and there are readers that refuse such a file or
// silently read its values as null.
func writerProperties(o WriteOptions) *parquet.WriterProperties {
	return parquet.NewWriterProperties(
		parquet.WithRootRepetition(parquet.Repetitions.Required),
		parquet.WithVersion(parquet.V2_LATEST),
		parquet.WithDataPageVersion(parquet.DataPageV1),
		parquet.WithCreatedBy("diplometrics"),
		parquet.WithCompression(o.codec()),
		parquet.WithCompressionLevel(zstdLevel),
	)
}

func arrowType(k Kind) arrow.DataType {
	switch k {
	case String:
		return arrow.BinaryTypes.String
	case Int:
		return arrow.PrimitiveTypes.Int64
	case Float:
		return arrow.PrimitiveTypes.Float64
	case Bool:
		return arrow.FixedWidthTypes.Boolean
	case Date:
		return arrow.FixedWidthTypes.Date32
	case Timestamp:
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	}
	panic(fmt.Sprintf("datasets: unknown kind %d", k))
}

// arrowSchema returns the schema of the file. Its metadata becomes the file's
// key-value pairs, and must not depend on the run.
func (s Schema) arrowSchema(o WriteOptions) *arrow.Schema {
	fields := make([]arrow.Field, len(s.Fields))
	for i, f := range s.Fields {
		keys, values := []string{"description"}, []string{f.Doc}
		if f.Unit != "" {
			keys, values = append(keys, "unit"), append(values, f.Unit)
		}
		fields[i] = arrow.Field{Name: f.Name, Type: arrowType(f.Kind), Nullable: f.Nullable, Metadata: arrow.NewMetadata(keys, values)}
	}
	keys, values := []string{"schema_version", "table", "profile"}, []string{SchemaVersion, s.Name, Profile}
	if o.Simulated {
		keys, values = append(keys, "simulated"), append(values, "SIMULATED")
	}
	meta := arrow.NewMetadata(keys, values)
	return arrow.NewSchema(fields, &meta)
}

// differs says how the schema of a file differs from the table's, or returns
// "" where it does not.
func (s Schema) differs(file *arrow.Schema) string {
	var diffs []string
	if meta := file.Metadata(); meta.FindKey("table") >= 0 {
		if got, _ := meta.GetValue("table"); got != s.Name {
			diffs = append(diffs, fmt.Sprintf("it holds table %q", got))
		}
		if got, _ := meta.GetValue("schema_version"); got != SchemaVersion {
			diffs = append(diffs, fmt.Sprintf("its schema version is %q, this program reads %q", got, SchemaVersion))
		}
	}
	known := make(map[string]bool, len(s.Fields))
	for i, f := range s.Fields {
		known[f.Name] = true
		found := file.FieldIndices(f.Name)
		if len(found) != 1 {
			diffs = append(diffs, fmt.Sprintf("column %s is there %d times", f.Name, len(found)))
			continue
		}
		got := file.Field(found[0])
		if found[0] != i {
			diffs = append(diffs, fmt.Sprintf("column %s is number %d, expected %d", f.Name, found[0]+1, i+1))
		}
		if want := arrowType(f.Kind); !arrow.TypeEqual(got.Type, want) {
			diffs = append(diffs, fmt.Sprintf("column %s is %s, expected %s", f.Name, got.Type, want))
		}
		if got.Nullable != f.Nullable {
			diffs = append(diffs, fmt.Sprintf("column %s is nullable: %t, expected %t", f.Name, got.Nullable, f.Nullable))
		}
	}
	for _, f := range file.Fields() {
		if !known[f.Name] {
			diffs = append(diffs, fmt.Sprintf("column %s is unknown", f.Name))
		}
	}
	if len(diffs) > 5 {
		diffs = append(diffs[:5], fmt.Sprintf("and %d more", len(diffs)-5))
	}
	return strings.Join(diffs, "; ")
}
