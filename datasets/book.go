package datasets

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// SaveXLSX writes a workbook that was built cell by cell, for people to fill
// in. The same workbook gives the same bytes.
func SaveXLSX(f *excelize.File, path, title string) error {
	f.SetZipWriter(func(w io.Writer) excelize.ZipWriter { return &sortedZip{w: w} })
	err := f.SetDocProps(&excelize.DocProperties{Title: title, Creator: "diplometrics", Created: "2000-01-01T00:00:00Z", Modified: "2000-01-01T00:00:00Z"})
	if err == nil {
		err = save(f, path)
	}
	if err != nil {
		return fmt.Errorf("write workbook %s: %w", path, err)
	}
	return nil
}
