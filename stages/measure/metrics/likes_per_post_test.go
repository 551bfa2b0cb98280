package metrics

import (
	"testing"

	"diplometrics/datasets"
)

// A window without a post has no mean of likes, which is another thing than
// likes that nobody counted.
func TestNoMeanOfLikes(t *testing.T) {
	none, zero, four := datasets.None[int64](), datasets.Some(int64(0)), datasets.Some(int64(4))
	const noPost, notCounted = "no post in the window: there is no mean of likes", "likes were not counted"
	for _, c := range []struct {
		posts, likes, n datasets.Opt[int64]
		want            string
	}{
		{zero, zero, zero, noPost}, {zero, zero, none, noPost}, {zero, none, none, noPost}, {none, zero, zero, noPost},
		{four, none, none, notCounted}, {four, four, none, notCounted}, {none, none, none, notCounted}, {four, four, four, ""},
	} {
		w := &Window{Counted: []datasets.AccountWindow{{Posts: c.posts, Likes: c.likes, LikesN: c.n}}}
		LikesPerPost.Of(w, func(_ string, v Value) {
			if v.Flag != c.want || v.V.OK != (c.want == "") {
				t.Errorf("%+v: got %+v, want %q", c, v, c.want)
			}
		})
	}
}
