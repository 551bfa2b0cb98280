package datasets

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Platforms are the platforms that an account can be on, as they are spelt.
var Platforms = []string{"x", "facebook", "instagram", "linkedin", "telegram", "youtube", "vk", "ok", "mymir", "tiktok", "threads", "flickr", "periscope", "website"}

// platformCol is the platform of an account or of what an account did.
func platformCol[R any](f func(*R) *string) Column[R] {
	return fewCol("platform", docPlatform, f).among(Platforms...)
}

// among limits a column of text to the values.
func (c Column[R]) among(values ...string) Column[R] {
	c.Values = values
	return c
}

// within limits a column of numbers from least to most.
func (c Column[R]) within(least, most float64) Column[R] {
	c.Least, c.Most = Some(least), Some(most)
	return c
}

// atLeast limits a column of numbers from below.
func (c Column[R]) atLeast(least float64) Column[R] {
	c.Least = Some(least)
	return c
}

// CheckBounds reads a Parquet file of the table and returns an error that names
// the first value that its column does not allow, with the row from 0.
func (s Schema) CheckBounds(ctx context.Context, path string) error {
	return scan(ctx, path, func(i int, _ Field, first int64, v *vector) error {
		if i >= len(s.Fields) {
			return fmt.Errorf("not a file of table %s: it has more columns", s.Name)
		}
		f := s.Fields[i]
		if row, found := f.outside(v); row >= 0 {
			return fmt.Errorf("table %s: row %d, column %s: found %s, expected %s", s.Name, first+int64(row), f.Name, found, f.bounds())
		}
		return nil
	})
}

// outside returns the first value beyond the bounds of the field and its index,
// -1 where there is none.
func (f Field) outside(v *vector) (int, string) {
	for i, s := range v.strs {
		if f.Values != nil && v.present(i) && !slices.Contains(f.Values, s) {
			return i, fmt.Sprintf("%q", s)
		}
	}
	if !f.Least.OK && !f.Most.OK {
		return -1, ""
	}
	for i, b := range v.bits {
		x := float64(intOfBits(b))
		if f.Kind == Float {
			x = math.Float64frombits(b)
		}
		if v.present(i) && (f.Least.OK && x < f.Least.V || f.Most.OK && x > f.Most.V) {
			return i, fmt.Sprint(x)
		}
	}
	return -1, ""
}

// bounds says what the field allows, for messages.
func (f Field) bounds() string {
	switch {
	case f.Values != nil:
		return "one of " + strings.Join(f.Values, ", ")
	case f.Least.OK && f.Most.OK:
		return fmt.Sprintf("%v to %v", f.Least.V, f.Most.V)
	case f.Most.OK:
		return fmt.Sprintf("%v at most", f.Most.V)
	}
	return fmt.Sprintf("%v or more", f.Least.V)
}
