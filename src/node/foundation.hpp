#pragma once

#include <memory>
#include <string>

#include "base/log.hpp"
#include "historian/engine.hpp"
#include "node/settings.hpp"
#include "node/system/data_folder.hpp"
#include "plant/plant.hpp"
#include "store/chunk_store.hpp"

namespace hanse::node {

/// What a node stands on: its folder, its records and its history, open and checked. In order of dependency; what is
/// last closes first.
struct Foundation {
  DataFolder folder;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<store::ChunkStore> chunks;
  std::unique_ptr<signal::Directory> directory;
  std::unique_ptr<plant::Plant> plant;
  std::unique_ptr<historian::Engine> history;
};

/// Errors: of each part, naming the folder or address.
Result<Foundation> open_foundation(const Settings& settings, const Clock& clock, const Log& log);

/// The store's address: as set, else a file in the data folder.
std::string store_address(const Settings& settings);

}  // namespace hanse::node
