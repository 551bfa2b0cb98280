package datasets

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
)

// WriteCSV writes the sheet as CSV by the rules of Table.WriteCSV.
func (s Sheet) WriteCSV(w io.Writer) error {
	buf := bufio.NewWriterSize(w, 1<<16) // keeps the first error until Flush
	line := make([]byte, 0, 1024)
	for i, f := range s.Fields {
		if i > 0 {
			line = append(line, ',')
		}
		line = append(line, f.Name...)
	}
	buf.Write(append(line, '\n'))
	for row, err := range s.Rows {
		if err != nil {
			return fmt.Errorf("sheet %s: write CSV: %w", s.Name, err)
		}
		line = line[:0]
		for i, cell := range row {
			if i > 0 {
				line = append(line, ',')
			}
			switch v := cell.(type) {
			case nil:
			case string:
				line = appendQuoted(line, Harmless(v))
			case float64:
				line = appendFloat(line, v)
			case int:
				line = strconv.AppendInt(line, int64(v), 10)
			case int64:
				line = strconv.AppendInt(line, v, 10)
			case bool:
				line = strconv.AppendBool(line, v)
			case Day:
				line = append(line, v.String()...)
			case Micros:
				line = append(line, v.String()...)
			default:
				return fmt.Errorf("sheet %s: write CSV: column %s holds a %T", s.Name, s.Fields[i].Name, cell)
			}
		}
		buf.Write(append(line, '\n'))
	}
	if err := buf.Flush(); err != nil {
		return fmt.Errorf("sheet %s: write CSV: %w", s.Name, err)
	}
	return nil
}
