#pragma once

#include "common/ports/artifact_store.hpp"

#include <filesystem>
#include <memory>

namespace trainyard::filesystem {

// Artefacts as files below one directory, which is made when first written to. URIs are
// file:// paths. A blob is written beside its place and renamed into it, so readers (of other
// processes too) see all of it or none; after a power cut a blob may be missing.
std::unique_ptr<ports::ArtifactStore> open_artifact_store(const std::filesystem::path& root);

}  // namespace trainyard::filesystem
