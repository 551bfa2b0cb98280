package datasets

import "testing"

func TestAgreementTable(t *testing.T) {
	testTable(t, &TopicAgreements)
}
