#include "tests/fuzz/made_up_settings.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace trainyard::fuzz {
namespace {

using nlohmann::json;

template <class Choices>
json one_of(const Choices& choices, ByteSource& bytes) {
  return choices[bytes.index(choices.size())];
}

json ets(ByteSource& bytes) {
  constexpr std::array errors{"A", "M", "Z"};
  constexpr std::array trends{"N", "A", "Ad", "M", "Md", "Z"};
  constexpr std::array seasons{"N", "A", "M", "Z"};
  std::string form = errors[bytes.index(errors.size())];
  form += trends[bytes.index(trends.size())];
  form += seasons[bytes.index(seasons.size())];
  return {{"form", form},
          {"restrict", bytes.index(2) == 0},
          {"allow_multiplicative_trend", bytes.index(2) == 0}};
}

json theta(ByteSource& bytes) {
  constexpr std::array forms{"STM", "OTM", "DSTM", "DOTM"};
  constexpr std::array seasons{"classical", "shrunken"};
  return {{"form", one_of(forms, bytes)}, {"season", one_of(seasons, bytes)}};
}

json ces(ByteSource& bytes) {
  constexpr std::array forms{"auto", "N", "S", "P", "F"};
  return {{"form", one_of(forms, bytes)}};
}

json arima(ByteSource& bytes) {
  if (bytes.index(2) == 0)
    return {{"stepwise", bytes.index(2) == 0},   {"max_p", bytes.integer(0, 2)},
            {"max_q", bytes.integer(0, 2)},      {"max_P", bytes.integer(0, 1)},
            {"max_Q", bytes.integer(0, 1)},      {"max_order", bytes.integer(0, 3)},
            {"max_d", bytes.integer(0, 3)},      {"max_D", bytes.integer(0, 2)},
            {"stationary", bytes.index(3) == 0}, {"test", bytes.index(2) == 0 ? "adf" : "kpss"}};
  json settings{{"order", {bytes.integer(0, 3), bytes.integer(0, 2), bytes.integer(0, 3)}},
                {"include_mean", bytes.index(2) == 0},
                {"include_drift", bytes.index(2) == 0}};
  if (bytes.index(2) == 0)
    settings["seasonal_order"] = {bytes.integer(0, 2), bytes.integer(0, 2), bytes.integer(0, 2)};
  return settings;
}

json weights(ByteSource& bytes) {
  return {{"alpha", bytes.integer(1, 100) / 100.0}, {"beta", bytes.integer(1, 100) / 100.0}};
}

json prophet(ByteSource& bytes) {
  constexpr std::array growths{"linear", "logistic", "flat"};
  constexpr std::array modes{"additive", "multiplicative"};
  json settings{{"growth", one_of(growths, bytes)},
                {"seasonality_mode", one_of(modes, bytes)},
                {"n_changepoints", bytes.integer(0, 60)},
                {"changepoint_range", bytes.integer(0, 100) / 100.0},
                {"changepoint_prior_scale", std::pow(10.0, bytes.integer(-9, 9))},
                {"yearly_seasonality", bytes.integer(0, 12)},
                {"weekly_seasonality", bytes.integer(0, 5)},
                {"uncertainty_samples", bytes.integer(10, 60)}};
  if (settings["growth"] == "logistic") {
    settings["cap"] = bytes.rough();
    if (bytes.index(2) == 0) settings["floor"] = bytes.rough();
  }
  if (bytes.index(3) == 0)
    settings["holidays"] = {{{"holiday", "h"},
                             {"ds", {"2001-01-05", "2010-12-25", "0001-01-01"}},
                             {"upper_window", bytes.integer(0, 3)}}};
  if (bytes.index(3) == 0)
    settings["seasonalities"] = {{{"name", "s"},
                                  {"period", std::pow(10.0, bytes.integer(-6, 6))},
                                  {"fourier_order", bytes.integer(1, 6)}}};
  return settings;
}

json xgboost(ByteSource& bytes) {
  constexpr std::array strategies{"auto", "recursive", "direct"};
  constexpr std::array differences{"first", "none", "seasonal"};
  constexpr std::array transforms{"auto", "none", "log"};
  constexpr std::array scalings{"standard", "none", "robust"};
  constexpr std::array losses{"squared", "pseudo_huber"};
  json settings{{"rounds", bytes.integer(1, 4)},
                {"max_depth", bytes.integer(1, 4)},
                {"learning_rate", bytes.integer(1, 100) / 100.0},
                {"min_child_weight", bytes.integer(0, 20)},
                {"subsample", bytes.integer(5, 100) / 100.0},
                {"strategy", one_of(strategies, bytes)},
                {"differencing", one_of(differences, bytes)},
                {"transform", one_of(transforms, bytes)},
                {"scaling", one_of(scalings, bytes)},
                {"loss", one_of(losses, bytes)},
                {"calendar", bytes.index(2) == 0}};
  if (bytes.index(3) == 1) settings["steps"] = bytes.integer(1, 60);
  if (bytes.index(3) == 1) settings["lags"] = {1, bytes.integer(2, 30)};
  if (bytes.index(3) == 1) settings["windows"] = {bytes.integer(1, 30)};
  return settings;
}

json mstl(ByteSource& bytes) {
  constexpr std::array models{"ets", "theta", "naive", "drift", "ces", "lgt", "croston", "arima"};
  return {{"model", one_of(models, bytes)}};
}

struct Maker {
  std::string_view model;
  json (*make)(ByteSource&);
};

constexpr std::array makers{
    Maker{"ets", ets},
    Maker{"theta", theta},
    Maker{"ces", ces},
    Maker{"arima", arima},
    Maker{"croston", weights},
    Maker{"sba", weights},
    Maker{"tsb", weights},
    Maker{"prophet", prophet},
    Maker{"xgboost", xgboost},
    Maker{"mstl", mstl},
    Maker{"xgboost_global", xgboost},
};

}  // namespace

std::string made_up_settings(std::string_view model, ByteSource& bytes) {
  // What is slow and has no fast setting of its own gets one.
  if (bytes.index(4) == 0 && !model.starts_with("xgboost")) return {};
  for (const auto& maker : makers)
    if (maker.model == model) return maker.make(bytes).dump();
  return {};
}

}  // namespace trainyard::fuzz
