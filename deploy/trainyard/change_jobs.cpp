#include "deploy/trainyard/change_jobs.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <array>

namespace trainyard {
namespace {

using nlohmann::json;

// The API's name and what to say of it.
constexpr std::array filters{
    std::pair{"status", "only jobs in this state"},
    std::pair{"category", "only jobs that failed of this"},
    std::pair{"model", "only jobs of this model"},
    std::pair{"segment", "only jobs of this segment"},
    std::pair{"batch", "only jobs of this batch"},
    std::pair{"user", "jobs of this user (for admins; * is everybody)"},
    std::pair{"q", "only jobs whose segment, model, step or error has this in it"},
    std::pair{"created_after", "only jobs made since"},
    std::pair{"created_before", "only jobs made before"},
};

Error usage(std::string detail, std::string field, std::string hint) {
  return {.code = Errc::invalid_argument,
          .detail = std::move(detail),
          .field = std::move(field),
          .hint = std::move(hint)};
}

// {"a": {"b": 12}} of a.b=12; what is not JSON is text.
Result<json> patch_of(const std::vector<std::string>& edits) {
  json patch = json::object();
  for (const auto& edit : edits) {
    const auto equals = edit.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(usage(fmt::format("'{}' sets nothing", edit), "--set", "e.g. --set horizon=12"));
    }
    auto* at = &patch;
    std::string_view path(edit.data(), equals);
    for (auto dot = path.find('.'); dot != path.npos; dot = path.find('.')) {
      at = &(*at)[std::string(path.substr(0, dot))];
      path.remove_prefix(dot + 1);
    }
    const auto text = edit.substr(equals + 1);
    const auto value = json::parse(text, nullptr, false);
    (*at)[std::string(path)] = value.is_discarded() ? json(text) : value;
  }
  return patch;
}

Result<json> change_one(ApiClient& api, const std::string& verb, const JobsToChange& what,
                        const json& patch) {
  const auto path = "/api/v2/jobs/" + what.job_id;
  if (verb == "delete") return api.remove(path);
  if (verb == "cancel" || patch.empty()) return api.post(fmt::format("{}/{}", path, verb));
  return api.post(path + "/redrive", {{"config", patch}});
}

void print_errors(const json& answer) {
  for (const auto& each : answer["errors"]) {
    fmt::print(stderr, "{}: {}\n", each["job_id"].get<std::string>(),
               each["error"].value("detail", ""));
  }
}

Result<json> change_all(ApiClient& api, const std::string& verb, const JobsToChange& what,
                        const json& patch) {
  json body{{"filter", json::object()}};
  for (const auto& [name, value] : what.filter) {
    if (!value.empty()) body["filter"][name] = value;
  }
  if (body["filter"].empty()) {
    return fail(usage("no job is named, and nothing that jobs have in common", "JOB_ID",
                      "e.g. --status failed"));
  }
  if (!patch.empty()) body["config"] = patch;
  if (what.dry_run) body["dry_run"] = true;
  json sum;
  while (true) {
    TRY(const auto answer, api.post("/api/v2/jobs/" + verb, body));
    print_errors(answer);
    if (sum.is_null()) {
      sum = answer;
    } else {
      for (const auto* count : {"changed", "refused"})
        sum[count] = sum[count].get<std::int64_t>() + answer[count].get<std::int64_t>();
    }
    if (!answer["has_more"].get<bool>()) break;
    body["filter"]["before"] = answer["next"];
  }
  return json{
      {"matched", sum["matched"]}, {"changed", sum["changed"]}, {"refused", sum["refused"]}};
}

}  // namespace

void JobsToChange::add_to(CLI::App& command) {
  command.add_option("JOB_ID", job_id, "the job; without one, all that match");
  for (const auto& [name, says] : filters) {
    std::string flag = fmt::format("--{}", name);
    std::ranges::replace(flag, '_', '-');
    command.add_option(flag, filter[name], says);
  }
  command.add_flag("--dry-run", dry_run, "only count them");
}

Exit change_jobs(ApiClient api, const std::string& verb, const JobsToChange& what) {
  const auto patch = patch_of(what.edits);
  if (!patch) return report(patch.error());
  const auto answer = what.job_id.empty() ? change_all(api, verb, what, *patch)
                                          : change_one(api, verb, what, *patch);
  if (!answer) return report(answer.error());
  if (what.as_json) {
    fmt::print("{}\n", answer->dump(2));
  } else if (!what.job_id.empty()) {
    fmt::print("{}\n", answer->is_object() ? answer->value("status", "") : "deleted");
  } else {
    fmt::print("{} matched, {} changed, {} refused\n", (*answer)["matched"].dump(),
               (*answer)["changed"].dump(), (*answer)["refused"].dump());
  }
  const bool is_whole = !what.job_id.empty() || (*answer)["refused"] == 0;
  return is_whole ? Exit::ok : Exit::some_failed;
}

}  // namespace trainyard
