package datasets

import "testing"

func TestEnrichTables(t *testing.T) {
	testTable(t, &PostContexts)
	testTable(t, &CrossPosts)
}
