#pragma once

#include "common/ports/artifact_store.hpp"

#include <filesystem>

namespace trainyard::filesystem {

// Artefacts as files below one directory, which is made when first written to. URIs are
// file:// paths. A blob is written beside its place and renamed into it, so readers (of other
// processes too) see all of it or none; after a power cut a blob may be missing, never torn.
class DirectoryArtifactStore : public ports::ArtifactStore {
 public:
  explicit DirectoryArtifactStore(const std::filesystem::path& root);

  Result<std::string> put(std::string_view name, std::string_view bytes) override;
  Result<std::string> get(std::string_view name) override;
  Result<void> remove_all(std::string_view prefix) override;

 private:
  std::filesystem::path root_;
};

}  // namespace trainyard::filesystem
