package adapters

// Cases of the adapters of messengers, video and community platforms, for the invariants that hold for every
// adapter.

func messengerFormats() []format {
	return []format{}
}

var messengerTokens = []tokenCase{}

var messengerIDs = []idCase{}

var messengerHidden = []hiddenCase{}
