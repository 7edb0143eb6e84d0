#pragma once

#include "deploy/trainyard/api_client.hpp"
#include "deploy/trainyard/command.hpp"

#include <map>
#include <string>
#include <vector>

namespace trainyard {

// What `jobs redrive`, `cancel` and `delete` are about: one job, or all that match a filter.
struct JobsToChange {
  std::string job_id;
  std::map<std::string, std::string> filter;  // by the API's names; empty texts are left out
  std::vector<std::string> edits;             // of a redrive: KEY=VALUE, a dot leads into an object
  bool dry_run = false;
  bool as_json = false;

  // Declares the options on a subcommand.
  void add_to(CLI::App& command);
};

// `verb` is redrive, cancel or delete. For all that match it asks until nothing is left, and prints
// what came of it.
Exit change_jobs(ApiClient api, const std::string& verb, const JobsToChange& what);

}  // namespace trainyard
