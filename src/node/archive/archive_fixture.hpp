#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/random.hpp"
#include "node/archive/backup.hpp"
#include "store/store.hpp"

namespace hanse::node {

/// A folder of its own with a small node's data in `data`, gone at the end.
class ArchiveFixture : public testing::Test {
 protected:
  void SetUp() override {
    root = (std::filesystem::temp_directory_path() / ("hanse-archive-" + secure_random_hex(8))).string();
    std::filesystem::create_directories(root);
    settings.data_folder = root + "/data";
  }
  void TearDown() override { std::filesystem::remove_all(root); }

  std::unique_ptr<store::Store> open_data() {
    std::filesystem::create_directories(settings.data_folder);
    return *store::open_store("sqlite:" + settings.data_folder + "/hanse.sqlite", clock);
  }
  static void put(store::Store& store, const std::string& kind, const std::string& id, const std::string& body) {
    const auto written = store.write({"user:anna"}, [&](store::Transaction& transaction) -> Result<void> {
      HANSE_CHECK(transaction.put(kind, id, body, {}, {}));
      return {};
    });
    ASSERT_TRUE(written) << to_string(written.error());
  }
  /// Some records, a session, a piece of history and a certificate.
  void fill_data() {
    const auto store = open_data();
    for (int i = 0; i < 50; ++i)
      put(*store, "asset", fmt::format("press-{}", i), fmt::format(R"({{"id":"press-{}","name":"Press"}})", i));
    put(*store, "session", "abc", R"({"id":"abc","user":"anna"})");
    ASSERT_TRUE(write_text("history/wal/000001.log", std::string(5000, 'h')));
    ASSERT_TRUE(write_text("tls/localhost.crt", "certificate"));
    ASSERT_TRUE(write_text("partners/signing.key", "key"));
  }
  Result<void> write_text(const std::string& name, const std::string& text) {
    const auto path = std::filesystem::path{settings.data_folder} / name;
    std::filesystem::create_directories(path.parent_path());
    return write_file(path.string(), text);
  }
  Result<Manifest> back_up() {
    const auto sources = data_folder_sources(settings);
    return backup(settings, clock, backup_folder(), sources);
  }
  std::string backup_folder() const { return root + "/backup"; }
  Settings fresh() const {
    Settings other = settings;
    other.data_folder = root + "/fresh";
    return other;
  }

  SimulatedClock clock{Timestamp{1'772'323'200'000'000'000}};
  std::string root;
  Settings settings;
};

}  // namespace hanse::node
