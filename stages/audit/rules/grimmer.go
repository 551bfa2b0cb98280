package rules

import "diplometrics/datasets"

var grimmer = Rule{
	Name:    "grimmer",
	Doc:     `Whether a printed standard deviation can belong to the printed mean and n of whole numbers (GRIMMER). It needs a standard deviation; counted windows print none, so every printed mean is listed as not applicable, which is not a pass.`,
	Source:  "Anaya (2016), PeerJ Preprints, doi:10.7287/peerj.preprints.2400v1; Allard (2018), Analytic-GRIMMER.",
	Version: 1,
	Window: func(w *datasets.AccountWindow) (datasets.AuditRow, bool) {
		return datasets.AuditRow{
			Indicator:   "likes_mean",
			ValueText:   asPrinted(w.LikesMeanText.V),
			Verdict:     datasets.NotApplicable,
			N:           w.LikesN,
			Explanation: "No standard deviation is printed beside the mean.",
		}, w.LikesMean.OK
	},
}
