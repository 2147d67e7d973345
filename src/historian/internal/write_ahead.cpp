#include "historian/internal/write_ahead.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "historian/internal/bytes.hpp"
#include "historian/internal/crc32c.hpp"

namespace hanse::historian::internal {
namespace {

constexpr std::string_view kFileMagic = "HANSEWA1";
constexpr std::size_t kFileHeadBytes = 8 + 8 + 4;        // magic, position, checksum of both
constexpr std::uint32_t kRecordMagic = 0x31524157;       // "WAR1"
constexpr std::size_t kRecordHeadBytes = 4 + 4 + 4 + 4;  // magic, length, checksum of payload, checksum of these
constexpr std::uint64_t kSegmentBytesMax = 16u << 20;    // small enough that the record shrinks in small steps
constexpr std::string_view kPrefix = "record-";

struct RecordHead {
  std::uint32_t length = 0, payload_crc = 0;
};

bool read_record_head(std::string_view bytes, RecordHead& head) {
  ByteReader in{bytes};
  const auto magic = in.u32();
  head.length = in.u32();
  head.payload_crc = in.u32();
  const auto crc = in.u32();
  return in.ok() && magic == kRecordMagic && crc == crc32c(bytes.substr(0, kRecordHeadBytes - 4));
}

/// Where the next whole record head begins, or the end.
std::size_t next_record(std::string_view bytes, std::size_t from) {
  RecordHead head;
  for (; from + kRecordHeadBytes <= bytes.size(); ++from) {
    if (read_record_head(bytes.substr(from), head)) return from;
  }
  return bytes.size();
}

std::optional<Position> position_of(std::string_view name) {
  Position position = 0;
  name.remove_prefix(kPrefix.size());
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), position, 16);
  return error == std::errc{} && end == name.data() + name.size() ? std::optional{position} : std::nullopt;
}

std::string file_head(Position position) {
  std::string bytes;
  ByteWriter out{bytes};
  out.bytes(kFileMagic);
  out.u64(position);
  out.u32(crc32c(bytes));
  return bytes;
}

}  // namespace

std::size_t WriteAhead::open_frame(std::string& out) {
  out.append(kRecordHeadBytes, '\0');
  return out.size() - kRecordHeadBytes;
}

void WriteAhead::close_frame(std::string& out, std::size_t start) {
  const auto payload = std::string_view{out}.substr(start + kRecordHeadBytes);
  std::string head;
  ByteWriter writer{head};
  writer.u32(kRecordMagic);
  writer.u32(static_cast<std::uint32_t>(payload.size()));
  writer.u32(crc32c(payload));
  writer.u32(crc32c(head));
  std::copy(head.begin(), head.end(), out.begin() + static_cast<std::ptrdiff_t>(start));
}

Result<WriteAhead> WriteAhead::open(Files& files, std::string folder, Position position_min,
                                    const std::function<void(Position, std::string_view)>& visit, Replayed& replayed) {
  WriteAhead record{files, std::move(folder)};
  HANSE_CHECK(files.make_folder(record.folder_));
  HANSE_TRY(auto names, files.list(record.folder_));
  std::erase_if(names, [](const std::string& name) { return !name.starts_with(kPrefix); });
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto next = i + 1 < names.size() ? position_of(names[i + 1]) : std::nullopt;
    HANSE_CHECK(record.read_segment(record.folder_ + '/' + names[i], next, visit, replayed));
  }
  // A gap, so that a position is never given twice, whatever was torn off.
  record.position_ = std::max(record.position_, position_min) + 1;
  HANSE_CHECK(record.rotate());
  return record;
}

Result<void> WriteAhead::read_segment(const std::string& path, std::optional<Position> next_begin,
                                      const std::function<void(Position, std::string_view)>& visit,
                                      Replayed& replayed) {
  HANSE_TRY(const std::string bytes, files_->read(path));
  const std::string_view all{bytes};
  ByteReader in{all};
  const auto magic = in.bytes(kFileMagic.size());
  const auto begin = in.u64();
  const bool head_good = magic == kFileMagic && in.u32() == crc32c(all.substr(0, kFileHeadBytes - 4)) && in.ok();
  const Position base = head_good ? begin : position_ + 1;
  if (!head_good && all.size() >= kFileHeadBytes) replayed.damaged_bytes += static_cast<std::int64_t>(kFileHeadBytes);
  std::size_t at = std::min(kFileHeadBytes, all.size());
  while (at < all.size()) {
    RecordHead head;
    const auto rest = all.substr(at);
    const bool whole = rest.size() >= kRecordHeadBytes && read_record_head(rest, head) &&
                       head.length <= rest.size() - kRecordHeadBytes;
    if (whole) {
      const auto payload = rest.substr(kRecordHeadBytes, head.length);
      at += kRecordHeadBytes + head.length;
      if (crc32c(payload) == head.payload_crc) {
        visit(base + at, payload);
        ++replayed.records;
      } else {
        replayed.damaged_bytes += static_cast<std::int64_t>(kRecordHeadBytes + head.length);
      }
      continue;
    }
    const auto next = next_record(all, at + 1);
    // At the end of what a crashed run wrote (its successor leaves a gap) it was cut off; elsewhere it is damaged.
    const bool last_of_run = !next_begin || *next_begin != base + all.size();
    auto& bucket = last_of_run && next == all.size() ? replayed.torn_bytes : replayed.damaged_bytes;
    bucket += static_cast<std::int64_t>(next - at);
    at = next;
  }
  position_ = std::max(position_, base + all.size());
  segments_.push_back({path, base, base + all.size()});
  *bytes_ += static_cast<std::int64_t>(all.size());
  return {};
}

Result<void> WriteAhead::rotate() {
  const auto path = fmt::format("{}/{}{:016x}", folder_, kPrefix, position_);
  HANSE_TRY(auto file, files_->create(path));
  const auto head = file_head(position_);
  if (auto written = file->append(head); !written) {
    static_cast<void>(files_->remove(path));
    return written;
  }
  if (!segments_.empty()) segments_.back().end = position_;
  file_ = std::move(file);
  segments_.push_back({path, position_, 0});
  position_ += head.size();
  *bytes_ += static_cast<std::int64_t>(head.size());
  return {};
}

Result<Position> WriteAhead::append(std::string_view framed) {
  if (*failed_)
    return fail(ErrorCode::unavailable,
                "the history takes nothing more: the disk failed to keep it; start the node again");
  if (position_ - segments_.back().begin > kSegmentBytesMax) HANSE_CHECK(rotate());
  if (auto written = file_->append(framed); !written) {
    // What reached the file must not come back as if it had been acknowledged.
    if (!file_->truncate(position_ - segments_.back().begin)) *failed_ = true;
    return std::move(written).error();
  }
  if (auto synced = file_->sync(); !synced) {
    *failed_ = true;
    static_cast<void>(file_->truncate(position_ - segments_.back().begin));
    return std::move(synced).error();
  }
  position_ += framed.size();
  *bytes_ += static_cast<std::int64_t>(framed.size());
  return position_;
}

Result<void> WriteAhead::drop_before(Position position) {
  while (segments_.size() > 1 && segments_.front().end <= position) {
    HANSE_CHECK(files_->remove(segments_.front().path));
    *bytes_ -= static_cast<std::int64_t>(segments_.front().end - segments_.front().begin);
    segments_.erase(segments_.begin());
  }
  return {};
}

}  // namespace hanse::historian::internal
