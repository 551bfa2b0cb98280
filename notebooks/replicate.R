#!/usr/bin/env Rscript
# Recomputes every number of estimates.csv, comparisons.csv and sensitivity.csv
# from values.csv, accounts.csv and interaction_counts.csv, and the primary
# comparisons once more from account_periods.csv. What t.test, wilcox.test,
# kruskal.test and poisson.test of R say is held against the tables too. All is
# compared to the tenth digit, which is the last that these tables print; the
# rates of values.csv, which prints all digits, to 1e-9. Base R alone.
#
#     Rscript notebooks/replicate.R datasets/demo
#
# The folder is that of a study with its tables in metrics/. Of study.toml the
# countries, the window and the seed are read. The trends of national
# indicators (method trend_per_year) come from another table and are left out.
# "go doc diplometrics/stages/compare" says what each method is.

args <- commandArgs(trailingOnly = TRUE)
if (length(args) != 1) stop("usage: Rscript replicate.R FOLDER_OF_THE_STUDY")
confidence <- 0.95
month <- 30.4375
relabelings_counted <- 1e6
permutations <- 99999
resamples <- 9999

# ---- the study ---------------------------------------------------------------

toml <- readLines(file.path(args, "study.toml"), encoding = "UTF-8")
setting <- function(name) sub("^[^=]*=", "", grep(paste0("^", name, "[ \t]*="), toml, value = TRUE)[1])
quoted <- function(text) gsub("\"", "", regmatches(text, gregexpr("\"[^\"]*\"", text))[[1]])
countries <- quoted(setting("countries"))
window <- quoted(setting("window"))
seed <- if (is.na(setting("seed"))) "1" else gsub("[^0-9]", "", sub("#.*", "", setting("seed")))

# A leading apostrophe before = + - @ only keeps spreadsheets from running text.
table_of <- function(name) {
  t <- read.csv(file.path(args, "metrics", paste0(name, ".csv")), colClasses = "character", na.strings = "", encoding = "UTF-8", check.names = FALSE)
  as.data.frame(lapply(t, function(x) sub("^'(?=[=+@-])", "", x, perl = TRUE)), stringsAsFactors = FALSE, check.names = FALSE)
}
numbers <- function(t, columns) { for (c in columns) t[[c]] <- as.numeric(t[[c]]); t }

accounts <- table_of("accounts")
accounts <- accounts[accounts$country %in% countries, ]
accounts <- accounts[order(accounts$platform, accounts$account_id, method = "radix"), ]
accounts$key <- paste(accounts$platform, accounts$account_id)
counts <- numbers(table_of("interaction_counts"), c("interactions", "posts"))
counts$key <- paste(counts$platform, counts$account_id)
counts <- counts[counts$key %in% accounts$key & counts$posts > 0, ]
all_values <- numbers(table_of("values"), c("value", "n_observed", "exposure_days"))
all_values$key <- paste(all_values$platform, all_values$account_id)
measured <- all_values[all_values$period_kind == "window" & all_values$key %in% accounts$key &
  all_values$period_start < window[2] & all_values$period_end > window[1], ]
all_values <- measured[!is.na(measured$value) & !startsWith(ifelse(is.na(measured$flag), "", measured$flag), "short span:"), ]

printed_estimates <- table_of("estimates")
printed_estimates <- printed_estimates[printed_estimates$method != "trend_per_year", ]
printed_comparisons <- table_of("comparisons")
printed_sensitivity <- table_of("sensitivity")

# The scale on which a part is compared is what its metric declares; the tables
# show it as the kind of effect.
contrasts <- unique(printed_comparisons[printed_comparisons$method == "mean_contrast", c("metric", "part", "effect_kind")])

# units: one row an account with what it contributes to a part.
units_of <- function(metric, part, ratio) {
  v <- all_values[all_values$metric == metric & all_values$part == part, ]
  a <- accounts[accounts$key %in% v$key, ]
  by <- function(column, f, kind = 0) vapply(a$key, function(k) f(v[[column]][v$key == k]), kind, USE.NAMES = FALSE)
  u <- data.frame(key = a$key, id = a$account_id, platform = a$platform, country = a$country, organization = a$organization, kind = a$organization_type,
    value = by("value", mean), days = by("exposure_days", mean), n = by("n_observed", max), stringsAsFactors = FALSE)
  u$in_doubt <- by("flag", function(f) any(grepl("coverage inferred from the posts themselves|the posts seem cut|posts without a time:", f)), NA)
  if (!ratio) u$y <- u$value
  else if (metric == "posts_per_month") {
    u$posts <- floor(u$value * u$days / month + 0.5 + 1e-9)
    u$y <- log((u$posts + 0.5) / u$days * month)
  } else u$y <- ifelse(u$value > 0, log(pmax(u$value, 1e-300)), NA)
  u
}
cell <- function(u, country, platform) u[u$country == country & u$platform == platform, ]
platforms_of <- function(metric, part) sort(unique(measured$platform[measured$metric == metric & measured$part == part]), method = "radix")
shared_by <- function(u, among) Filter(function(p) all(sapply(among, function(c) any(u$country == c & u$platform == p))), sort(unique(u$platform), method = "radix"))
pairs <- do.call(rbind, lapply(seq_along(countries), function(i) if (i < length(countries)) cbind(countries[i], countries[(i + 1):length(countries)])))

# ---- random numbers: L'Ecuyer's generator, its state a hash of a key ----

RNGkind("L'Ecuyer-CMRG", "Inversion", "Rejection")
stream <- function(...) {
  bytes <- c(as.integer(charToRaw(enc2utf8(paste(seed, ..., sep = "|")))), rep(0, 8))
  k <- c(1403580, 810728, 527612, 1370589, 1000003, 1299709)
  m <- rep(c(4294967087, 4294944443), each = 3)
  h <- 1:6
  for (b in bytes) h <- (h * k + b) %% m
  assign(".Random.seed", c(10407L, as.integer(ifelse(h >= 2^31, h - 2^32, h))), envir = globalenv())
}

# ---- permutation tests ----------------------------------------------------------

# A block is a stratum ready for relabeling: scores about 0 in ascending order,
# of which k, the size of the smaller side, get its label.
block <- function(a, b, unit) {
  s <- sort(c(a, b))
  raw <- sum(abs(s))
  s <- s - mean(s)
  if (length(b) < length(a)) s <- rev(-s)
  list(s = s, k = min(length(a), length(b)), unit = unit, dust = unit * (1e-12 * sum(abs(s)) + 4 * 2^-52 * raw))
}
total <- function(blocks, f) sum(sapply(blocks, f))
farthest <- function(blocks) {
  dust <- total(blocks, function(b) b$dust)
  share <- function(b, from, edge) {
    tied <- abs(b$s - edge) <= b$dust / b$unit
    choose(sum(tied), sum(tied[from:(from + b$k - 1)])) / choose(length(b$s), b$k)
  }
  top <- total(blocks, function(b) b$unit * sum(tail(b$s, b$k)))
  bottom <- total(blocks, function(b) b$unit * sum(head(b$s, b$k)))
  top_share <- prod(sapply(blocks, function(b) share(b, length(b$s) - b$k + 1, b$s[length(b$s) - b$k + 1])))
  bottom_share <- prod(sapply(blocks, function(b) share(b, 1, b$s[b$k])))
  if (top > -bottom + dust) top_share else if (-bottom > top + dust) bottom_share else min(1, top_share + bottom_share)
}
# The draws depend on the numbers of accounts alone: tests of the same numbers
# have the same relabelings. They come in ten rounds of 10,000, the last of 9,999.
permute <- function(blocks, observed) {
  least <- abs(observed) - total(blocks, function(b) b$dust)
  if (prod(sapply(blocks, function(b) choose(length(b$s), b$k))) <= relabelings_counted) {
    sums <- 0
    for (b in blocks) sums <- as.vector(outer(sums, b$unit * colSums(combn(b$s, b$k)), "+"))
    return(c(p = mean(abs(sums) >= least), attainable = farthest(blocks)))
  }
  shape <- paste(sapply(blocks, function(b) paste0(b$k, "/", length(b$s))), collapse = ",")
  each <- total(blocks, function(b) b$k)
  beyond <- 0
  for (round in 0:9) {
    draws <- if (round < 9) 10000 else 9999
    stream("relabelings", shape, round)
    u <- matrix(runif(draws * each), nrow = each)
    row <- seq_len(draws)
    sums <- 0
    used <- 0
    for (b in blocks) {
      n <- length(b$s)
      cards <- rep(b$s, each = draws) # a column for each score, a row a relabeling
      dealt <- 0
      for (i in seq_len(b$k)) {
        first <- row + draws * (i - 1)
        at <- first + draws * floor(u[used + i, ] * (n - i + 1))
        dealt <- dealt + cards[at]
        cards[at] <- cards[first]
      }
      used <- used + b$k
      sums <- sums + b$unit * dealt
    }
    beyond <- beyond + sum(abs(sums) >= least)
  }
  c(p = (beyond + 1) / (permutations + 1), attainable = max(farthest(blocks), 1 / (permutations + 1)))
}
rank_block <- function(a, b) {
  r <- rank(c(a, b))
  block(r[seq_along(a)], r[-seq_along(a)], 1 / (length(r) + 1))
}
excess <- function(a, b) (sum(rank(c(a, b))[seq_along(a)]) - length(a) * (length(a) + length(b) + 1) / 2) / (length(a) + length(b) + 1)

# Mann and Whitney, exact over the mid-ranks; NULL where the count is too large.
exact_ranks <- function(a, b) {
  r <- rank(c(a, b))
  n <- length(r)
  k <- min(length(a), length(b))
  units <- round(2 * (r - min(r)))
  side <- if (length(a) <= length(b)) seq_along(a) else length(a) + seq_along(b)
  observed <- sum(units[side])
  units <- sort(units)
  width <- sum(tail(units, k)) + 1
  if ((k + 1) * width > 8 * 2^20 || n * (k + 1) * width > 4e9) return(NULL)
  ways <- matrix(0, k + 1, width)
  ways[1, 1] <- 1
  for (x in units) for (j in k:1) {
    to <- seq_len(width - x)
    ways[j + 1, x + to] <- ways[j + 1, x + to] + ways[j, to]
  }
  away <- abs(n * (seq_len(width) - 1) - k * sum(units))
  c(p = sum(ways[k + 1, away >= away[observed + 1]]) / sum(ways[k + 1, ]), attainable = farthest(list(rank_block(a, b))))
}

# ---- means ------------------------------------------------------------------------

# The weighted sum of means of cells and its t interval: each cell's own
# variance and Satterthwaite's degrees of freedom; where that cannot be had over
# several strata, one variance for all.
t_sum <- function(cells, weights, several) {
  n <- sapply(cells, length)
  if (length(n) == 0 || any(n == 0)) return(c(NA, NA, NA))
  means <- sapply(cells, mean)
  squares <- mapply(function(x, m) sum((x - m)^2), cells, means)
  value <- sum(weights * means)
  interval <- function(variance, df) {
    if (!is.finite(variance) || !is.finite(df) || sqrt(variance) <= 10 * .Machine$double.eps * sum(abs(weights * means))) return(NULL)
    value + c(0, -1, 1) * sqrt(variance) * qt((1 + confidence) / 2, df)
  }
  out <- NULL
  if (all(n > 1)) {
    v <- weights^2 * squares / (n - 1) / n
    out <- interval(sum(v), sum(v)^2 / sum(v^2 / (n - 1)))
  }
  if (is.null(out) && several && sum(n - 1) > 0) out <- interval(sum(squares) / sum(n - 1) * sum(weights^2 / n), sum(n - 1))
  if (is.null(out)) c(value, NA, NA) else out
}

# ---- comparisons ------------------------------------------------------------------

comparison_columns <- c("effect", "low", "high", "p", "p_attainable", "n_accounts_a", "n_accounts_b", "n_a", "n_b")
row_of <- function(a, b, platform, method, x, y, effect = c(NA, NA, NA), test = c(NA, NA), interval = TRUE) {
  if (!interval || nrow(x) < 4 || nrow(y) < 4) effect[2:3] <- NA
  of_one <- function(u) length(unique(u$organization)) < 2 # accounts of one organization depend on each other
  if (nrow(x) < 2 || nrow(y) < 2 || of_one(x) || of_one(y) || is.na(effect[1])) test <- c(NA, NA)
  data.frame(country_a = a, country_b = b, platform = platform, method = method, effect = effect[1], low = effect[2], high = effect[3],
    p = test[1], p_attainable = test[2], n_accounts_a = nrow(x), n_accounts_b = nrow(y), n_a = sum(x$n), n_b = sum(y$n), stringsAsFactors = FALSE)
}
none <- c(NA, NA, NA)

mean_contrast <- function(u, ratio, a, b, platform, platforms, tested = TRUE) {
  x <- u[u$country == a & u$platform %in% platforms, ]
  y <- u[u$country == b & u$platform %in% platforms, ]
  cells <- list()
  blocks <- list()
  weights <- numeric()
  observed <- 0
  w <- 1 / length(platforms)
  for (p in platforms) {
    ya <- cell(u, a, p)$y
    yb <- cell(u, b, p)$y
    cells <- c(cells, list(ya, yb))
    weights <- c(weights, w, -w)
    if (length(ya) > 0 && length(yb) > 0 && !anyNA(c(ya, yb))) {
      blocks <- c(blocks, list(block(ya, yb, w * (1 / length(ya) + 1 / length(yb)))))
      observed <- observed + w * (mean(ya) - mean(yb))
    }
  }
  if (anyNA(unlist(cells))) return(row_of(a, b, platform, "mean_contrast", x, y))
  effect <- t_sum(cells, weights, length(platforms) > 1)
  if (ratio) effect <- exp(effect)
  test <- c(NA, NA)
  if (tested && nrow(x) > 1 && nrow(y) > 1 && !is.na(effect[1]))
    test <- permute(blocks, observed)
  row_of(a, b, platform, "mean_contrast", x, y, effect, test)
}

crude_contrast <- function(u, ratio, a, b) {
  x <- u[u$country == a, ]
  y <- u[u$country == b, ]
  effect <- if (nrow(x) > 0 && nrow(y) > 0) mean(x$y) - mean(y$y) else NA
  if (ratio) effect <- exp(effect)
  row_of(a, b, "standardised", "crude_contrast", x, y, c(effect, NA, NA))
}

cliff <- function(x, y) {
  n <- length(x)
  m <- length(y)
  s <- sign(outer(x, y, "-"))
  d <- mean(s)
  if (n < 2 || m < 2 || all(s == 0) || abs(d) == 1) return(c(d, NA, NA))
  v <- (m^2 * sum((rowMeans(s) - d)^2) + n^2 * sum((colMeans(s) - d)^2) - sum((s - d)^2)) / (n * m * (n - 1) * (m - 1))
  v <- max(v, (1 - d^2) / (n * m - 1))
  z <- qnorm((1 + confidence) / 2)
  half <- z * sqrt(v) * sqrt((1 - d^2)^2 + z^2 * v)
  c(d, max(-1, (d - d^3 - half) / (1 - d^2 + z^2 * v)), min(1, (d - d^3 + half) / (1 - d^2 + z^2 * v)))
}

ranks <- function(u, a, b, platform, platforms) {
  x <- u[u$country == a & u$platform %in% platforms, ]
  y <- u[u$country == b & u$platform %in% platforms, ]
  sides <- lapply(platforms, function(p) list(cell(u, a, p)$value, cell(u, b, p)$value))
  effect <- if (platform == "standardised") c(mean(sapply(sides, function(s) mean(sign(outer(s[[1]], s[[2]], "-"))))), NA, NA) else cliff(x$value, y$value)
  test <- c(NA, NA)
  if (nrow(x) > 1 && nrow(y) > 1) {
    test <- if (platform != "standardised") exact_ranks(x$value, y$value)
    if (is.null(test)) test <- permute(lapply(sides, function(s) rank_block(s[[1]], s[[2]])), sum(sapply(sides, function(s) excess(s[[1]], s[[2]]))))
  }
  row_of(a, b, platform, "rank", x, y, effect, test)
}

hodges_lehmann <- function(u, a, b, platform) {
  x <- cell(u, a, platform)
  y <- cell(u, b, platform)
  d <- sort(outer(x$value, y$value, "-"))
  n <- nrow(x)
  m <- nrow(y)
  tail <- (1 - confidence) / 2
  c <- qwilcox(tail, n, m)
  if (c == 0 && abs(pwilcox(0, n, m) - tail) < 1e-12) c <- 1
  row_of(a, b, platform, "hodges_lehmann", x, y, c(median(d), if (c > 0) d[c] else NA, if (c > 0) d[n * m + 1 - c] else NA))
}

kruskal_and_dunn <- function(u, platform) {
  groups <- lapply(countries, function(c) cell(u, c, platform))
  sizes <- sapply(groups, nrow)
  if (sum(sizes > 0) < 3) return(NULL)
  x <- unlist(lapply(groups, function(g) g$value))
  g <- rep(seq_along(countries), sizes)
  r <- rank(x)
  v <- var(r)
  means <- sapply(seq_along(countries), function(i) mean(r[g == i]))
  everyone <- do.call(rbind, groups)
  h <- if (v > 0) sum(sizes * (means - (length(x) + 1) / 2)^2, na.rm = TRUE) / v else NA
  organizations <- sapply(groups, function(g) length(unique(g$organization)))
  p <- if (min(organizations[sizes > 0]) >= 2) pchisq(h, sum(sizes > 0) - 1, lower.tail = FALSE) else NA
  out <- row_of("all", "all", platform, "kruskal_wallis", everyone, everyone, c(h / (length(x) - 1), NA, NA), c(p, NA))
  dunn <- NULL
  for (i in seq_len(nrow(pairs))) {
    k <- match(pairs[i, ], countries)
    z <- if (v > 0 && all(sizes[k] > 0)) (means[k[1]] - means[k[2]]) / sqrt(v * sum(1 / sizes[k])) else NA
    dunn <- rbind(dunn, row_of(pairs[i, 1], pairs[i, 2], platform, "dunn", groups[[k[1]]], groups[[k[2]]], c(z, NA, NA), c(2 * pnorm(-abs(z)), NA)))
  }
  dunn$p_adjusted <- p.adjust(dunn$p, "holm")
  out$p_adjusted <- NA
  rbind(out, dunn)
}

# ---- counts of posts ----------------------------------------------------------------

# Newton's method for the log likelihood of posts, in theta = coefficients and,
# where it is free, the log of alpha. value gives l, gradient and Hessian.
climb <- function(theta, value) {
  at <- value(theta)
  for (step in 1:200) {
    move <- tryCatch(solve(-at$hessian, at$gradient), error = function(e) at$gradient / max(1, max(abs(at$gradient))))
    if (sum(move * at$gradient) < 0) move <- at$gradient / max(1, max(abs(at$gradient)))
    scale <- 1
    repeat {
      to <- value(theta + scale * move)
      if (is.finite(to$l) && to$l >= at$l - 1e-9 * abs(at$l)) break
      scale <- scale / 2
      if (scale < 1e-10) return(list(theta = theta, at = at))
    }
    theta <- theta + scale * move
    at <- to
    if (max(abs(scale * move)) < 1e-13 * max(1, max(abs(theta)))) break
  }
  list(theta = theta, at = at)
}
poisson_at <- function(x, y, offset) function(beta) {
  mu <- exp(offset + drop(x %*% beta))
  list(l = sum(dpois(y, mu, log = TRUE)), gradient = drop(crossprod(x, y - mu)), hessian = -crossprod(x, mu * x), mu = mu)
}
negbin_at <- function(x, y, offset, fixed = NULL) function(theta) {
  k <- ncol(x)
  log_alpha <- if (is.null(fixed)) theta[k + 1] else fixed
  mu <- exp(offset + drop(x %*% theta[1:k]))
  r <- exp(-log_alpha)
  s <- r + mu
  # In r; the chain rule takes it to the log of alpha, of which r is exp(-).
  d1 <- digamma(y + r) - digamma(r) - log1p(mu / r) + (mu - y) / s
  d2 <- trigamma(y + r) - trigamma(r) + mu / (r * s) - (mu - y) / s^2
  gradient <- drop(crossprod(x, (y - mu) * r / s))
  hessian <- -crossprod(x, mu * r / s * (y + r) / s * x)
  if (is.null(fixed)) {
    gradient <- c(gradient, -r * sum(d1))
    cross <- drop(crossprod(x, -r * (y - mu) * mu / s^2))
    hessian <- rbind(cbind(hessian, cross), c(cross, r^2 * sum(d2) + r * sum(d1)))
  }
  list(l = sum(lgamma(y + r) - lgamma(r) - lgamma(y + 1) - r * log1p(mu / r) + ifelse(y > 0, y * (log(mu) - log(s)), 0)), gradient = gradient, hessian = hessian, mu = mu)
}

regression <- function(u, a, b, platform, platforms, method) {
  x <- u[u$country == a & u$platform %in% platforms, ]
  y <- u[u$country == b & u$platform %in% platforms, ]
  absent <- row_of(a, b, platform, method, x, y)
  rows <- do.call(rbind, lapply(platforms, function(p) rbind(cell(u, a, p), cell(u, b, p))))
  if (anyNA(rows$days) || any(!(rows$days > 0))) return(absent)
  design <- cbind(sapply(platforms, function(p) as.numeric(rows$platform == p)), as.numeric(rows$country == a))
  colnames(design) <- NULL
  k <- ncol(design)
  offset <- log(rows$days)
  lost <- apply(design, 2, function(d) sum(rows$posts[d == 1]) == 0) # a coefficient would run to minus infinity
  if (any(lost) || sum(rows$posts[rows$country == b]) == 0 || nrow(design) < k) return(absent)
  fit <- climb(c(rep(log(sum(rows$posts) / sum(rows$days)), k - 1), 0), poisson_at(design, rows$posts, offset))
  beta <- fit$theta[k]
  inverse <- solve(-fit$at$hessian)
  df <- Inf
  se <- sqrt(inverse[k, k])
  if (method == "poisson_robust") {
    sums <- rowsum(design * (rows$posts - fit$at$mu), paste(rows$country, rows$organization, sep = "|"))
    g <- nrow(sums)
    n <- nrow(design)
    v <- g / (g - 1) * (n - 1) / (n - k) * inverse %*% crossprod(sums) %*% inverse
    se <- sqrt(v[k, k])
    df <- g - 1
  } else {
    first <- log(1e-4 / max(1, max(fit$at$mu)))
    grid <- first + seq(0, ceiling(log(1e3) - first) - 1)
    theta <- fit$theta
    best <- list(l = -Inf)
    for (log_alpha in grid) {
      at <- climb(theta, negbin_at(design, rows$posts, offset, log_alpha))
      theta <- at$theta
      if (at$at$l > best$l) best <- list(l = at$at$l, theta = c(theta, log_alpha), boundary = log_alpha == first)
    }
    if (!best$boundary) {
      top <- climb(best$theta, negbin_at(design, rows$posts, offset))
      beta <- top$theta[k]
      se <- sqrt(solve(-top$at$hessian)[k, k])
    }
  }
  # As many accounts as coefficients have an effect and no error.
  effect <- exp(c(beta, beta + c(-1, 1) * qt((1 + confidence) / 2, df) * se))
  effect[is.nan(effect)] <- NA
  test <- if (nrow(x) >= 4 && nrow(y) >= 4) c(2 * pt(-abs(beta) / se, df), NA) else c(NA, NA)
  row_of(a, b, platform, method, x, y, effect, test)
}

rates <- function(u, a, b, platform) {
  x <- cell(u, a, platform)
  y <- cell(u, b, platform)
  if (nrow(x) != 1 || nrow(y) != 1)
    return(rbind(regression(u, a, b, platform, platform, "negative_binomial"), regression(u, a, b, platform, platform, "poisson_robust")))
  row_of(a, b, platform, "rate_ratio_poisson", x, y, c(if (y$posts > 0) x$posts / x$days / (y$posts / y$days) else NA, NA, NA))
}

# ---- all comparisons of a part --------------------------------------------------------

outcomes <- rbind(c("log_interactions_per_1000_followers", "at_posting"), c("posts_per_month", "observed"), c("zero_share", "all"))
is_outcome <- function(metric, part) any(outcomes[, 1] == metric & outcomes[, 2] == part)
strata_of <- function(u, a, b) {
  everywhere <- shared_by(u, countries)
  if (length(everywhere) > 0) everywhere else shared_by(u, c(a, b))
}
family_of <- function(u, metric, part, a, b, platforms) {
  among <- u[u$country %in% c(a, b) & u$platform %in% platforms, ]
  if (is_outcome(metric, part) && !any(among$in_doubt)) "primary" else "exploratory"
}

comparisons_of <- function(metric, part, ratio) {
  u <- units_of(metric, part, ratio)
  out <- NULL
  add <- function(rows, family = "exploratory") if (!is.null(rows)) {
    if (is.null(rows$p_adjusted)) rows$p_adjusted <- NA
    rows$family <- family
    out <<- rbind(out, rows)
  }
  for (p in platforms_of(metric, part)) {
    add(kruskal_and_dunn(u, p))
    for (i in seq_len(nrow(pairs))) {
      a <- pairs[i, 1]
      b <- pairs[i, 2]
      add(mean_contrast(u, ratio, a, b, p, p))
      if (nrow(cell(u, a, p)) == 0 || nrow(cell(u, b, p)) == 0) next
      add(ranks(u, a, b, p, p))
      add(hodges_lehmann(u, a, b, p))
      if (metric == "posts_per_month") add(rates(u, a, b, p))
    }
  }
  for (i in seq_len(nrow(pairs))) {
    a <- pairs[i, 1]
    b <- pairs[i, 2]
    over <- strata_of(u, a, b)
    add(mean_contrast(u, ratio, a, b, "standardised", over), family_of(u, metric, part, a, b, over))
    crude <- crude_contrast(u, ratio, a, b)
    if (!is.na(crude$effect)) add(crude)
    if (length(over) == 0) next
    add(ranks(u, a, b, "standardised", over))
    if (metric == "posts_per_month") for (m in c("negative_binomial", "poisson_robust")) add(regression(u, a, b, "standardised", over, m))
  }
  cbind(metric = metric, part = part, out, stringsAsFactors = FALSE)
}

comparisons <- NULL
for (i in seq_len(nrow(contrasts)))
  comparisons <- rbind(comparisons, comparisons_of(contrasts$metric[i], contrasts$part[i], contrasts$effect_kind[i] == "ratio_of_geometric_means"))
for (family in list(list("primary", "holm"), list("exploratory", "BH"))) {
  those <- comparisons$family == family[[1]] & comparisons$method != "dunn"
  comparisons$p_adjusted[those] <- p.adjust(comparisons$p[those], family[[2]])
}

# ---- sensitivity ------------------------------------------------------------------------

published <- comparisons[comparisons$method == "mean_contrast" & comparisons$platform == "standardised" & mapply(is_outcome, comparisons$metric, comparisons$part), ]
sensitivity <- cbind(published, variant = rep("as_published", nrow(published)), stringsAsFactors = FALSE)
again <- NULL
for (i in seq_len(nrow(outcomes))) {
  metric <- outcomes[i, 1]
  part <- outcomes[i, 2]
  if (!any(published$metric == metric)) next
  ratio <- contrasts$effect_kind[contrasts$metric == metric & contrasts$part == part] == "ratio_of_geometric_means"
  u <- units_of(metric, part, ratio)
  variants <- list(list("ministries", u[u$kind %in% "ministry", ], countries), list("embassies", u[u$kind %in% "embassy", ], countries))
  if (metric == outcomes[1, 1]) for (other in list(c("followers_now", "now"), c("without_top_post", "at_posting_without_top"))) {
    v <- units_of(metric, other[2], FALSE)
    if (any(measured$metric == metric & measured$part == other[2])) variants <- c(variants, list(list(other[1], v, countries)))
  }
  for (j in seq_len(nrow(u))) variants <- c(variants, list(list(paste("without", u$platform[j], u$id[j]), u[-j, ], u$country[j])))
  for (v in variants) for (j in seq_len(nrow(pairs))) {
    a <- pairs[j, 1]
    b <- pairs[j, 2]
    if (!any(c(a, b) %in% v[[3]])) next
    over <- strata_of(v[[2]], a, b)
    among <- v[[2]][v[[2]]$platform %in% over, ]
    tested <- length(v[[3]]) > 1 || min(sum(among$country == a), sum(among$country == b)) <= 40
    r <- mean_contrast(v[[2]], ratio, a, b, "standardised", over, tested)
    r$p_adjusted <- NA
    r$family <- published$family[published$metric == metric & published$country_a == a & published$country_b == b]
    again <- rbind(again, cbind(metric = metric, part = part, r, variant = v[[1]], stringsAsFactors = FALSE))
  }
}
# Holm over the published family with the p of the variant in their places.
label <- function(t) paste(t$metric, t$country_a, t$country_b)
for (v in unique(again$variant)) {
  rows <- which(again$variant == v)
  place <- match(label(published), label(again[rows, ]))
  p <- ifelse(is.na(place), published$p, again$p[rows][place])
  p[published$family != "primary"] <- NA
  adjusted <- p.adjust(p, "holm")
  for (i in which(!is.na(place))) again$p_adjusted[rows[place[i]]] <- adjusted[i]
}
sensitivity <- rbind(sensitivity, again)

# ---- estimates ----------------------------------------------------------------------------

estimate <- function(metric, part, country, platform, method, accounts, n, value)
  data.frame(metric = metric, part = part, country = country, platform = platform, method = method, value = value[1], low = value[2], high = value[3],
    n_accounts = accounts, n = n, stringsAsFactors = FALSE)

sign_interval <- function(x) {
  n <- length(x)
  r <- -1
  for (k in seq(0, length.out = n %/% 2)) if (1 - 2 * pbinom(k, n, 0.5) >= confidence) r <- k else break
  if (r < 0) c(NA, NA) else sort(x)[c(r + 1, n - r)]
}
fay_feuer <- function(events, exposure, weights) {
  each <- weights / sum(weights) / exposure
  rate <- sum(each * events)
  v <- sum(each^2 * events)
  most <- max(each)
  tail <- (1 - confidence) / 2
  c(rate, if (rate > 0) qgamma(tail, rate^2 / v, rate / v) else 0, qgamma(1 - tail, (rate + most)^2 / (v + most^2), (rate + most) / (v + most^2)))
}
estimates_of <- function(metric, part, ratio) {
  u <- units_of(metric, part, ratio)
  method <- if (ratio) "geometric_mean_of_accounts" else "mean_of_accounts"
  back <- if (ratio) exp else identity
  out <- NULL
  everywhere <- shared_by(u, countries)
  mean_row <- function(country, platform, cells, x) {
    value <- if (anyNA(x$y)) none else back(t_sum(cells, rep(1 / length(cells), length(cells)), length(cells) > 1))
    if (nrow(x) < 4) value[2:3] <- NA
    estimate(metric, part, country, platform, method, nrow(x), sum(x$n), value)
  }
  for (country in countries) {
    for (p in platforms_of(metric, part)) {
      x <- cell(u, country, p)
      if (nrow(x) == 0 && !any(accounts$country == country & accounts$platform == p)) next
      out <- rbind(out, estimate(metric, part, country, p, "median_of_accounts", nrow(x), sum(x$n), c(if (nrow(x) > 0) median(x$value) else NA, sign_interval(x$value))),
        mean_row(country, p, list(x$y), x))
    }
    if (length(everywhere) > 0) {
      x <- u[u$country == country & u$platform %in% everywhere, ]
      out <- rbind(out, mean_row(country, "standardised", lapply(everywhere, function(p) cell(u, country, p)$y), x))
      if (metric == "posts_per_month") {
        sums <- function(column) sapply(everywhere, function(p) sum(cell(u, country, p)[[column]]))
        value <- if (anyNA(x$y)) none else month * fay_feuer(sums("posts"), sums("days"), rep(1, length(everywhere)))
        if (nrow(x) < 4) value[2:3] <- NA
        out <- rbind(out, estimate(metric, part, country, "standardised", "direct_standardised", nrow(x), sum(x$n), value))
      }
    }
  }
  out
}

# The cluster bootstrap: how often each of g accounts is taken, a row a resample,
# and how many ordered resamples a row stands for.
taken <- function(g, ...) {
  if (choose(2 * g - 1, g) <= 6435) {
    parts <- function(g, left) if (g == 1) matrix(left, 1, 1) else do.call(rbind, lapply(0:left, function(m) cbind(m, parts(g - 1, left - m))))
    times <- unname(parts(g, g))
    return(list(times = times, ways = factorial(g) / apply(factorial(times), 1, prod), exact = TRUE))
  }
  stream(...)
  u <- matrix(1 + floor(runif(resamples * g) * g), nrow = resamples, byrow = TRUE)
  list(times = t(apply(u, 1, tabulate, nbins = g)), ways = rep(1, resamples), exact = FALSE)
}
bootstrap <- function(g, statistic, ...) {
  value <- statistic(rep(1, g))
  if (g < 4) return(c(value, NA, NA))
  drawn <- taken(g, ...)
  v <- apply(drawn$times, 1, statistic)
  by <- order(v)
  v <- v[by]
  upto <- cumsum(drawn$ways[by])
  n <- upto[length(upto)]
  quantile7 <- function(p) {
    h <- (n - 1) * p
    at <- function(i) v[which(upto > i)[1]]
    i <- floor(h)
    at(i) + (h - i) * (at(min(i + 1, n - 1)) - at(i))
  }
  dust <- 1e-13 * max(abs(c(value, v)))
  if (v[length(v)] - v[1] <= dust) return(c(value, NA, NA))
  levels <- c((1 - confidence) / 2, (1 + confidence) / 2)
  if (g >= 8) {
    share <- (sum(drawn$ways[by][v < value - dust]) + sum(drawn$ways[by][v <= value + dust])) / 2 / n
    left <- sapply(seq_len(g), function(i) statistic(replace(rep(1, g), i, 0)))
    d <- (g - 1) / g * (mean(left) - left)
    if (!(share > 0 && share < 1) || !(sqrt(sum(d^2)) > 1e-13 * max(abs(left)))) return(c(value, NA, NA))
    a <- sum(d^3) / (6 * sum(d^2)^1.5)
    z0 <- qnorm(share)
    z <- qnorm(levels)
    if (any(1 - a * (z0 + z) <= 0)) return(c(value, NA, NA))
    levels <- pnorm(z0 + (z0 + z) / (1 - a * (z0 + z)))
  }
  c(value, quantile7(levels[1]), quantile7(levels[2]))
}

spoken <- function(country, platform) {
  own <- accounts$key[accounts$country == country & accounts$platform == platform]
  lapply(own[own %in% counts$key], function(k) counts[counts$key == k, ])
}
voices <- function() {
  out <- NULL
  for (p in sort(unique(counts$platform), method = "radix")) {
    by_country <- lapply(countries, spoken, platform = p)
    posts <- sapply(by_country, function(c) sum(unlist(lapply(c, function(t) t$posts))))
    interactions <- sapply(by_country, function(c) sum(unlist(lapply(c, function(t) t$posts * t$interactions))))
    speaking <- sum(lengths(by_country) > 0)
    for (i in seq_along(countries)) {
      if (!any(accounts$country == countries[i] & accounts$platform == p)) next
      g <- length(by_country[[i]])
      share <- function(x) if (g == 0 || speaking < 2 || sum(x) == 0) none else c(x[i] / sum(x), NA, NA)
      out <- rbind(out, estimate("share_of_voice", "posts", countries[i], p, "share_of_voice", g, posts[i], share(posts)),
        estimate("share_of_voice", "interactions", countries[i], p, "share_of_voice", g, posts[i], share(interactions)))
      clusters <- by_country[[i]]
      size <- sapply(clusters, function(t) sum(t$posts))
      sums <- sapply(clusters, function(t) sum(t$posts * t$interactions))
      all <- do.call(rbind, lapply(seq_along(clusters), function(j) cbind(clusters[[j]]$interactions, clusters[[j]]$posts, j)))
      all <- all[order(all[, 1]), , drop = FALSE]
      pooled_mean <- function(times) sum(times * sums) / sum(times * size)
      pooled_median <- function(times) {
        upto <- cumsum(all[, 2] * times[all[, 3]])
        n <- upto[length(upto)]
        mean(c(all[which(upto > (n - 1) %/% 2)[1], 1], all[which(upto > n %/% 2)[1], 1]))
      }
      for (m in list(list("mean", pooled_mean), list("median", pooled_median))) {
        value <- if (g == 0) none else bootstrap(g, m[[2]], "interactions_per_post", m[[1]], countries[i], p, paste0("pooled_", m[[1]]), "")
        out <- rbind(out, estimate("interactions_per_post", m[[1]], countries[i], p, paste0("pooled_", m[[1]]), g, sum(size), value))
      }
    }
  }
  out
}

estimates <- voices()
for (i in seq_len(nrow(contrasts)))
  estimates <- rbind(estimates, estimates_of(contrasts$metric[i], contrasts$part[i], contrasts$effect_kind[i] == "ratio_of_geometric_means"))

# ---- hold them against the tables ---------------------------------------------------------

different <- 0
hold <- function(name, printed, own, key, columns) {
  if (nrow(printed) == 0 && is.null(own)) return(invisible())
  label <- function(t) do.call(paste, c(unname(as.list(t[key])), sep = " | "))
  lost <- setdiff(label(printed), label(own))
  more <- setdiff(label(own), label(printed))
  for (l in lost) cat(name, ": only in the table: ", l, "\n", sep = "")
  for (l in more) cat(name, ": only recomputed: ", l, "\n", sep = "")
  own <- own[match(label(printed), label(own)), ]
  compared <- 0
  rounding <- 0
  wrong <- length(lost) + length(more)
  for (column in columns) {
    a <- as.numeric(printed[[column]])
    b <- as.numeric(own[[column]])
    compared <- compared + sum(!is.na(a))
    same <- is.na(a) & is.na(b) | !is.na(a) & !is.na(b) & sprintf("%.9e", a + 0) == sprintf("%.9e", b + 0)
    # A number within rounding of half a digit may fall to either side.
    near <- !same & !is.na(a) & !is.na(b) & abs(a - b) <= 1.000001 * 10^(floor(log10(pmax(abs(a), 1e-300))) - 9)
    rounding <- rounding + sum(near)
    for (i in which(!same & !near)) cat(name, ": ", label(printed)[i], ": ", column, ": table ", printed[[column]][i], ", recomputed ", sprintf("%.10g", b[i]), "\n", sep = "")
    wrong <- wrong + sum(!same & !near)
  }
  cat(sprintf("%s: %d rows, %d numbers: %d different, %d differ by one in the last digit\n", name, nrow(printed), compared, wrong, rounding))
  different <<- different + wrong
}
hold("estimates", printed_estimates, estimates, c("metric", "part", "country", "platform", "method"), c("value", "low", "high", "n_accounts", "n"))
pair <- c("metric", "part", "country_a", "country_b", "platform", "method")
label <- function(t) do.call(paste, c(unname(as.list(t[pair])), sep = " | "))
hold("comparisons", printed_comparisons, comparisons, pair, c(comparison_columns, "p_adjusted"))
hold("sensitivity", printed_sensitivity, sensitivity, c(pair, "variant"), c(comparison_columns, "p_adjusted"))

# ---- the primary comparisons from counts and sums ---------------------------------------

# account_periods has what the three outcomes are made of: no post, and no value
# of a metric, is needed for them.
periods_file <- file.path(args, "metrics", "account_periods.csv")
if (!file.exists(periods_file)) {
  cat("account_periods: the study has no such table\n")
} else {
  sums <- numbers(table_of("account_periods"), c("exposure_days", "posts_observed", "interactions_known", "interactions_zero", "rate_known", "log_rate_sum"))
  sums <- sums[sums$basis == "posts" & sums$period_kind == "window", ]
  sums$key <- paste(sums$platform, sums$account_id)
  sums <- cbind(sums, accounts[match(sums$key, accounts$key), "organization", drop = FALSE])
  sums <- sums[sums$key %in% accounts$key, ]
  sums <- sums[order(sums$platform, sums$account_id, method = "radix"), ]
  over <- function(a, b) ifelse(b > 0, a / b, NA)
  outcome_of <- list(
    list(metric = outcomes[1, 1], y = over(sums$log_rate_sum, sums$rate_known), n = sums$rate_known),
    list(metric = outcomes[2, 1], y = log((sums$posts_observed + 0.5) / sums$exposure_days * month), n = sums$posts_observed),
    list(metric = outcomes[3, 1], y = over(sums$interactions_zero, sums$interactions_known), n = sums$interactions_known))
  primary <- NULL
  for (i in seq_along(outcome_of)) {
    o <- outcome_of[[i]]
    if (!any(contrasts$metric == o$metric & contrasts$part == outcomes[i, 2])) next
    u <- data.frame(key = sums$key, id = sums$account_id, platform = sums$platform, country = sums$country, organization = sums$organization, y = o$y, n = o$n,
      stringsAsFactors = FALSE)
    u <- u[!is.na(u$y), ]
    for (j in seq_len(nrow(pairs))) {
      a <- pairs[j, 1]
      b <- pairs[j, 2]
      row <- mean_contrast(u, o$metric == "posts_per_month", a, b, "standardised", strata_of(u, a, b))
      primary <- rbind(primary, cbind(metric = o$metric, part = outcomes[i, 2], row, stringsAsFactors = FALSE))
    }
  }
  of_outcomes <- printed_comparisons[printed_comparisons$method == "mean_contrast" & printed_comparisons$platform == "standardised" &
    mapply(is_outcome, printed_comparisons$metric, printed_comparisons$part), ]
  if (!is.null(primary)) {
    # Which rows are in the family, the flags of values say.
    inside <- label(primary) %in% label(of_outcomes[of_outcomes$family == "primary", ])
    primary$p_adjusted <- NA
    primary$p_adjusted[inside] <- p.adjust(primary$p[inside], "holm")
    outside <- !label(of_outcomes) %in% label(primary[inside, ])
    of_outcomes$p_adjusted[outside] <- NA
  }
  hold("primary comparisons, from account_periods", of_outcomes, primary, pair, c(comparison_columns, "p_adjusted"))
}

# ---- what R tests by itself ----------------------------------------------------------------

# One platform at a time, and only where R's function is about the same thing:
# wilcox.test counts exactly without ties alone.
tested <- NULL
for (i in seq_len(nrow(contrasts))) {
  metric <- contrasts$metric[i]
  part <- contrasts$part[i]
  ratio <- contrasts$effect_kind[i] == "ratio_of_geometric_means"
  u <- units_of(metric, part, ratio)
  add <- function(a, b, platform, method, effect = NA, low = NA, high = NA, p = NA)
    tested <<- rbind(tested, data.frame(metric, part, country_a = a, country_b = b, platform, method, effect, low, high, p, stringsAsFactors = FALSE))
  for (p in unique(u$platform)) {
    groups <- lapply(countries, function(c) cell(u, c, p))
    if (all(lengths(lapply(groups, function(g) unique(g$organization))) >= 2) && length(unique(unlist(lapply(groups, function(g) g$value)))) > 1)
      add("all", "all", p, "kruskal_wallis", p = kruskal.test(lapply(groups, function(g) g$value))$p.value)
    for (j in seq_len(nrow(pairs))) {
      a <- pairs[j, 1]
      b <- pairs[j, 2]
      x <- cell(u, a, p)
      y <- cell(u, b, p)
      if (nrow(x) < 4 || nrow(y) < 4 || length(unique(x$organization)) < 2 || length(unique(y$organization)) < 2) next
      if (!anyNA(c(x$y, y$y)) && var(x$y) + var(y$y) > 1e-20) {
        t <- t.test(x$y, y$y)
        back <- if (ratio) exp else identity
        add(a, b, p, "mean_contrast", back(mean(x$y) - mean(y$y)), back(t$conf.int[1]), back(t$conf.int[2]))
      }
      if (!anyDuplicated(c(x$value, y$value)) && nrow(x) < 50 && nrow(y) < 50) {
        w <- wilcox.test(x$value, y$value, exact = TRUE, conf.int = TRUE)
        add(a, b, p, "rank", p = w$p.value)
        add(a, b, p, "hodges_lehmann", effect = unname(w$estimate), low = w$conf.int[1], high = w$conf.int[2])
      }
    }
  }
}
if (!is.null(tested)) for (columns in list("p", c("effect", "low", "high"))) {
  those <- tested[if (identical(columns, "p")) !is.na(tested$p) else !is.na(tested$effect), ]
  if (nrow(those) > 0) hold(paste("by R's own tests,", paste(columns, collapse = ", ")), printed_comparisons[match(label(those), label(printed_comparisons)), ], those, pair, columns)
}

# Garwood's interval of every posting rate, of every period, as poisson.test has it.
rates_of <- numbers(table_of("values"), c("value", "ci_low", "ci_high", "n_observed", "exposure_days"))
rates_of <- rates_of[rates_of$metric == "posts_per_month" & rates_of$part %in% c("observed", "observed_own", "counted") & !is.na(rates_of$ci_high), ]
if (nrow(rates_of) > 0) {
  poisson <- mapply(function(n, days) { t <- poisson.test(n, days); c(t$estimate, t$conf.int) }, rates_of$n_observed, rates_of$exposure_days) * month
  given <- t(rates_of[c("value", "ci_low", "ci_high")])
  off <- abs(poisson - given) > 1e-9 * abs(given) + 1e-12
  for (i in which(colSums(off) > 0)) cat("values:", unlist(rates_of[i, c("part", "platform", "account_id", "period_kind", "period_start")]), "table", given[, i], "recomputed", poisson[, i], "\n")
  cat(sprintf("posting rates by poisson.test: %d rows, %d numbers: %d different\n", ncol(poisson), length(poisson), sum(off)))
  different <- different + sum(off)
}
if (different > 0) quit(status = 1)
