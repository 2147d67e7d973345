#include "historian/internal/engine_under_test.hpp"

#include <filesystem>

// The databases that tests run on belong to another room's tests; they have no library of their own.
#include "store/internal/database_under_test.cpp"

namespace hanse::historian::internal {

EngineUnderTest::~EngineUnderTest() {
  engine_.reset();
  chunks_.reset();
  std::filesystem::remove_all(record_folder());
}

void EngineUnderTest::open() {
  if (!chunks_) chunks_ = std::make_unique<RefusingChunks>(store::open_chunk_store(database_.address()).value());
  auto opened = open_historian({.chunks = *chunks_,
                                .clock = clock,
                                .log = log,
                                .folder = record_folder(),
                                .class_of = class_of,
                                .background = background,
                                .files = files},
                               settings);
  ASSERT_TRUE(opened) << opened.error().message;
  engine_ = *std::move(opened);
}

void EngineUnderTest::close() {
  engine_.reset();
  // A database in memory lives as long as its connection.
  if (kind_ != Kind::sqlite_memory) chunks_.reset();
}

void EngineUnderTest::crash() {
  chunks_->refuses = true;
  engine_.reset();
  chunks_->refuses = false;
  close();
  open();
}

namespace {

class MemoryFile final : public File {
 public:
  MemoryFile(FailingFiles& disk, std::shared_ptr<FailingFiles::Content> content)
      : disk_(disk), content_(std::move(content)) {}
  Result<void> append(std::string_view bytes) override {
    const auto fits = std::min(bytes.size(), disk_.room);
    content_->bytes += bytes.substr(0, fits);
    disk_.room -= fits;
    if (disk_.read_only || fits < bytes.size()) return fail(ErrorCode::unavailable, "no space left on the disk");
    return {};
  }
  Result<void> sync() override {
    ++disk_.syncs;
    if (disk_.on_sync) disk_.on_sync();
    if (disk_.sync_fails) return fail(ErrorCode::unavailable, "the disk failed to keep it");
    content_->synced = content_->bytes.size();
    return {};
  }
  Result<void> truncate(std::uint64_t size) override {
    disk_.room += disk_.room == std::numeric_limits<std::size_t>::max() ? 0 : content_->bytes.size() - size;
    content_->bytes.resize(size);
    content_->synced = std::min<std::size_t>(content_->synced, size);
    return {};
  }

 private:
  FailingFiles& disk_;
  std::shared_ptr<FailingFiles::Content> content_;
};

}  // namespace

Result<std::vector<std::string>> FailingFiles::list(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& [path, bytes] : content) {
    if (path.starts_with(folder + '/')) names.push_back(path.substr(folder.size() + 1));
  }
  return names;
}

Result<std::unique_ptr<File>> FailingFiles::create(const std::string& path) {
  if (read_only) return fail(ErrorCode::unavailable, "the disk is read-only");
  if (content.contains(path)) return fail(ErrorCode::unavailable, "the file is there already");
  auto made = std::make_shared<Content>();
  content[path] = made;
  return std::make_unique<MemoryFile>(*this, std::move(made));
}

Result<std::string> FailingFiles::read(const std::string& path) {
  const auto found = content.find(path);
  if (found == content.end()) return fail(ErrorCode::unavailable, "there is no file '" + path + "'");
  return found->second->bytes;
}

Result<void> FailingFiles::remove(const std::string& path) {
  if (read_only) return fail(ErrorCode::unavailable, "the disk is read-only");
  content.erase(path);
  return {};
}

void FailingFiles::lose_power(std::size_t kept) {
  for (auto& [path, file] : content) file->bytes.resize(std::min(file->bytes.size(), file->synced + kept));
}

}  // namespace hanse::historian::internal
