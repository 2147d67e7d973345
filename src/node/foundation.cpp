#include "node/foundation.hpp"

#include <filesystem>

#include "historian/engine.hpp"

namespace hanse::node {

std::string store_address(const Settings& settings) {
  if (!settings.store.address.empty()) return settings.store.address;
  return "sqlite:" + (std::filesystem::path{settings.data_folder} / "hanse.sqlite").string();
}

Result<Foundation> open_foundation(const Settings& settings, const Clock& clock, const Log& log) {
  HANSE_TRY(auto folder, DataFolder::open(settings.data_folder));
  const auto address = store_address(settings);
  HANSE_TRY(auto store, store::open_store(address, clock));
  HANSE_TRY(auto chunks, store::open_chunk_store(address));
  auto directory = std::make_unique<signal::Directory>();
  HANSE_TRY(auto plant, plant::Plant::open(*store, clock, *directory));
  // A signal's class of retention is its meaning.
  const auto class_of = [&signals = *directory](historian::SignalId number) {
    const auto snapshot = signals.snapshot();
    const auto* known = snapshot->find(number);
    return known ? describe::enum_name(known->meaning) : std::string{};
  };
  HANSE_TRY(auto history,
            historian::open_historian(
                {.chunks = *chunks, .clock = clock, .log = log, .folder = folder.file("history"), .class_of = class_of},
                settings.historian));
  return Foundation{std::move(folder),    std::move(store), std::move(chunks),
                    std::move(directory), std::move(plant), std::move(history)};
}

}  // namespace hanse::node
