package adapters

// Cases of the adapters of Meta, TikTok and LinkedIn, for the invariants that hold for every
// adapter.

func metaFormats() []format {
	return []format{}
}

var metaTokens = []tokenCase{}

var metaIDs = []idCase{}

var metaHidden = []hiddenCase{}
