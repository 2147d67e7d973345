#pragma once

#include <string>

#include "historian/historian.hpp"
#include "node/archive/manifest.hpp"
#include "signal/directory.hpp"
#include "store/store.hpp"

namespace hanse::node {

/// Where an export takes from. A `Foundation` has it all; it holds the data folder, so no node runs on it meanwhile.
struct ExportParts {
  store::Store& store;
  historian::Historian& history;
  const signal::Signals& signals;
  const Clock& clock;
};

/// Writes everything into the new folder `folder` in the formats of docs/formats/export.md: every kind of document and
/// the journal as JSON lines, each signal's samples as CSV. Left out: password hashes, token fingerprints, sessions,
/// settings files of the past; members of documents that hold a secret are masked. Errors: `conflict` (the folder isn't
/// empty), of the store, of the history, `unavailable` (disk full).
Result<Manifest> export_all(const ExportParts& parts, const std::string& folder);

/// The record's JSON with each text whose member's name speaks of a password, secret or token masked, at any depth.
std::string mask_secret_members(JsonRef value);

}  // namespace hanse::node
