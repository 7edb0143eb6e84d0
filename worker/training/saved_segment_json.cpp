#include "worker/training/saved_segment_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace trainyard::training {
namespace {

using forecast::BandFactor;
using forecast::SavedMember;
using forecast::SavedSegment;
using nlohmann::json;

constexpr const char* format_key = "trainyard_segment";

json to_json(const BandFactor& band) {
  return {{"first", band.first}, {"growth", band.growth}};
}

BandFactor band_from(const json& band) {
  const BandFactor read{.first = band.at("first"), .growth = band.at("growth")};
  const bool is_sound = std::isfinite(read.first) && read.first >= 0 &&
                        std::isfinite(read.growth) && std::abs(read.growth) <= 10;
  if (!is_sound) throw std::invalid_argument("band: expected a factor and how it grows");
  return read;
}

domain::Frequency frequency_from(const json& text) {
  const auto frequency = domain::parse_frequency(text.get_ref<const std::string&>());
  if (!frequency) throw std::invalid_argument(frequency.error().detail);
  return *frequency;
}

json to_json(const std::vector<forecast::HalfWidths>& conformal) {
  json levels = json::array();
  for (const auto& [level, values] : conformal)
    levels.push_back({{"level", level}, {"half_widths", values}});
  return levels;
}

std::vector<forecast::HalfWidths> conformal_from(const json& levels) {
  std::vector<forecast::HalfWidths> conformal;
  for (const auto& level : levels) {
    conformal.push_back({.level = level.at("level"), .values = level.at("half_widths")});
    for (const double value : conformal.back().values)
      if (!(value >= 0)) throw std::invalid_argument("half_widths: expected 0 or more");
  }
  return conformal;
}

SavedMember member_from(const json& member) {
  SavedMember read{.model = member.at("model"),
                   .weight = member.at("weight"),
                   .band = band_from(member.at("band")),
                   .fit = member.at("fit").dump()};
  if (!(read.weight >= 0 && read.weight <= 1))
    throw std::invalid_argument("weight: expected 0 to 1");
  return read;
}

forecast::Combination combination_from(const json& text) {
  const auto& names = forecast::combination_names;
  const auto found = std::ranges::find(names, text.get_ref<const std::string&>());
  if (found == names.end()) throw std::invalid_argument("combination: unknown");
  return static_cast<forecast::Combination>(found - names.begin());
}

// Throws json::exception and invalid_argument for what is not as to_text() writes it.
SavedSegment segment_from(const json& document) {
  SavedSegment saved{
      .segment = document.at("segment"),
      .model = document.at("model"),
      .description = document.at("description"),
      .combination = combination_from(document.at("combination")),
      .band = band_from(document.at("band")),
      .conformal = conformal_from(document.at("conformal")),
      .covariates = document.at("covariates"),
      .frequency = frequency_from(document.at("frequency")),
      .step = frequency_from(document.at("step")),
      .anchor = TimePoint(TimePoint::duration(document.at("anchor").get<std::int64_t>())),
      .next_step = document.at("next_step"),
      .start = TimePoint(TimePoint::duration(document.at("start").get<std::int64_t>())),
      .observations = document.at("observations"),
      .levels = document.at("levels")};
  for (const auto& member : document.at("members"))
    saved.members.push_back(member_from(member));
  if (saved.members.empty()) throw std::invalid_argument("members: expected at least one");
  return saved;
}

std::unexpected<Error> refuse(std::string detail) {
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = "this is no saved segment: " + detail,
                    .hint = "give the model.json of a job as it was written",
                    .category = Category::data});
}

}  // namespace

std::string to_text(const SavedSegment& saved) {
  json members = json::array();
  for (const auto& member : saved.members) {
    members.push_back({{"model", member.model},
                       {"weight", member.weight},
                       {"band", to_json(member.band)},
                       {"fit", json::parse(member.fit)}});
  }
  const auto combination = static_cast<std::size_t>(saved.combination);
  return json{{format_key, saved_segment_format},
              {"segment", saved.segment},
              {"model", saved.model},
              {"description", saved.description},
              {"combination", forecast::combination_names[combination]},
              {"band", to_json(saved.band)},
              {"conformal", to_json(saved.conformal)},
              {"members", std::move(members)},
              {"covariates", saved.covariates},
              {"frequency", domain::to_string(saved.frequency)},
              {"step", domain::to_string(saved.step)},
              {"anchor", saved.anchor.time_since_epoch().count()},
              {"next_step", saved.next_step},
              {"start", saved.start.time_since_epoch().count()},
              {"observations", saved.observations},
              {"levels", saved.levels}}
      .dump();
}

Result<SavedSegment> saved_segment_from(std::string_view text) {
  const auto document = json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains(format_key))
    return refuse(fmt::format("it has no key '{}'", format_key));
  if (document[format_key] != saved_segment_format)
    return refuse(fmt::format("{} is {}, this version reads {}", format_key,
                              document[format_key].dump(), saved_segment_format));
  try {
    return segment_from(document);
  } catch (const std::exception& error) {
    return refuse(error.what());
  }
}

}  // namespace trainyard::training
