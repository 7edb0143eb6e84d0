# What R's forecast package makes of series that come with R. Writes one of
#   arima_series.csv: the series, and what its tests say of them
#   arima_fits.csv: fits of given orders, forecasts from there, and what auto.arima chooses
# Run: Rscript arima.R series > arima_series.csv; Rscript arima.R fits > arima_fits.csv
suppressPackageStartupMessages(library(forecast))
steps <- c(1, 2, 12, 24)
number <- function(x) format(x, digits = 15, trim = TRUE, scientific = TRUE)
numbers <- function(x) paste(sapply(x, number), collapse = " ")
series <- list(log_air_passengers = log(AirPassengers), nile = Nile, log_lynx = log10(lynx),
               accidents = USAccDeaths, www_usage = WWWusage, lake_huron = LakeHuron)
cat(sprintf("# R %s, forecast %s\n", getRversion(), packageVersion("forecast")))

if (commandArgs(TRUE)[1] == "series") {
  cat("name,season,strength,seasonal_differences,differences,adf_differences,values\n")
  for (name in names(series)) {
    y <- series[[name]]
    m <- frequency(y)
    strength <- if (m > 1) forecast:::seas.heuristic(y) else 0
    D <- if (m > 1) nsdiffs(y) else 0
    left <- if (D > 0) diff(y, lag = m) else y
    cat(name, m, number(strength), D, ndiffs(left), ndiffs(left, test = "adf"), numbers(y), sep = ",")
    cat("\n")
  }
  quit()
}

cat(sprintf("# steps %s; bands of 95 percent; the covariate is the year less 1920\n",
            paste(steps, collapse = " ")))
cat("name,order,seasonal,mean,drift,covariate,chosen,loglik,aicc,variance,forecast,lower\n")
line <- function(name, fit, covariate, chosen, xreg) {
  ahead <- forecast(fit, h = max(steps), level = 95, xreg = xreg)
  a <- fit$arma
  cat(name, numbers(a[c(1, 6, 2)]), numbers(a[c(3, 7, 4)]),
      as.integer("intercept" %in% names(coef(fit))), as.integer("drift" %in% names(coef(fit))),
      covariate, chosen, sapply(c(fit$loglik, fit$aicc, fit$sigma2), number),
      numbers(ahead$mean[steps]), numbers(ahead$lower[steps]), sep = ",")
  cat("\n")
}
# A finer tolerance than R's, which stops where the likelihood still differs in its fifth digit.
given <- function(name, ..., xreg = NULL, new = NULL) {
  fit <- Arima(series[[name]], ..., xreg = xreg,
               optim.control = list(reltol = 1e-14, maxit = 1000))
  line(name, fit, as.integer(!is.null(xreg)), 0, new)
}
given("log_air_passengers", order = c(0, 1, 1), seasonal = c(0, 1, 1))
given("log_air_passengers", order = c(3, 1, 0), seasonal = c(0, 1, 2))
given("log_air_passengers", order = c(1, 0, 0), seasonal = c(2, 0, 0), include.drift = TRUE)
given("log_air_passengers", order = c(1, 1, 1), seasonal = c(1, 0, 0), include.drift = TRUE)
given("log_air_passengers", order = c(2, 0, 0), seasonal = c(0, 1, 1), include.drift = TRUE)
given("nile", order = c(1, 0, 1))
given("nile", order = c(0, 1, 1))
given("nile", order = c(0, 0, 0))
given("log_lynx", order = c(2, 0, 2))
given("log_lynx", order = c(4, 0, 0))
given("accidents", order = c(0, 1, 1), seasonal = c(0, 1, 1))
given("accidents", order = c(1, 0, 1), seasonal = c(1, 0, 1))
given("www_usage", order = c(3, 1, 0))
given("www_usage", order = c(1, 1, 1))
given("www_usage", order = c(0, 2, 2))
year <- as.numeric(time(LakeHuron)) - 1920
given("lake_huron", order = c(2, 0, 0), xreg = year, new = max(year) + 1:24)
given("lake_huron", order = c(0, 1, 2), xreg = year, new = max(year) + 1:24)
for (name in names(series)) {
  fit <- auto.arima(series[[name]], approximation = FALSE)
  line(name, fit, 0, 1, NULL)
}
