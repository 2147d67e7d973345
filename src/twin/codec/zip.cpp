#include "twin/codec/zip.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/text.hpp"
#include "twin/model/scan.hpp"

namespace hanse::twin {
namespace {

struct CloseReader {
  void operator()(archive* open) const { archive_read_free(open); }
};
struct CloseWriter {
  void operator()(archive* open) const { archive_write_free(open); }
};
using OpenArchive = std::unique_ptr<archive, CloseReader>;
using NewArchive = std::unique_ptr<archive, CloseWriter>;

std::string words_of(archive* open) {
  const char* words = archive_error_string(open);
  return words ? words : "unknown";
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Reads the entry under the cursor, however large it says it is. Errors: `too_large`, `invalid`.
Result<std::string> read_entry(archive* open, const std::string& name, std::size_t room, const PackageLimits& limits) {
  std::string out;
  constexpr std::size_t kStep = 64 * 1024;
  for (;;) {
    const auto before = out.size();
    out.resize(before + kStep);
    const auto count = archive_read_data(open, out.data() + before, kStep);
    if (count < 0)
      return fail(ErrorCode::invalid, fmt::format("'{}' in the package is damaged: {}", name, words_of(open)));
    out.resize(before + static_cast<std::size_t>(count));
    if (count == 0) return out;
    if (out.size() > std::min(room, limits.entry_bytes_max)) {
      return fail(ErrorCode::too_large,
                  fmt::format("'{}' in the package is too large unpacked: at most {} bytes a file and {} in all", name,
                              limits.entry_bytes_max, limits.total_bytes_max));
    }
  }
}

la_ssize_t append_to_text(archive*, void* out, const void* bytes, std::size_t count) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), count);
  return static_cast<la_ssize_t>(count);
}

}  // namespace

bool LessWithoutCase::operator()(std::string_view a, std::string_view b) const {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](char x, char y) { return lower(x) < lower(y); });
}

std::optional<std::string> resolve_part(std::string_view base, std::string_view reference) {
  std::string decoded;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (reference[i] == '%' && i + 2 < reference.size() && is_hex_digit(reference[i + 1]) &&
        is_hex_digit(reference[i + 2])) {
      decoded += static_cast<char>(std::stoi(std::string{reference.substr(i + 1, 2)}, nullptr, 16));
      i += 2;
    } else {
      decoded += reference[i];
    }
  }
  if (decoded.find('\0') != std::string::npos || decoded.find('\\') != std::string::npos || !is_utf8(decoded))
    return std::nullopt;
  std::string whole = decoded;
  if (!decoded.starts_with('/')) whole = std::string{base.substr(0, base.rfind('/') + 1)} + decoded;
  std::vector<std::string_view> kept;
  for (const auto part : split(whole, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      kept.push_back(part);
    } else if (kept.empty()) {
      return std::nullopt;
    } else {
      kept.pop_back();
    }
  }
  if (kept.empty()) return std::nullopt;
  std::string out;
  for (const auto part : kept) (out += '/') += part;
  return out;
}

Result<Parts> read_zip(std::string_view bytes, const PackageLimits& limits, Findings& findings) {
  const OpenArchive open{archive_read_new()};
  archive_read_support_format_zip_seekable(open.get());
  if (archive_read_open_memory(open.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
    return fail(ErrorCode::invalid, fmt::format("this is no zip file: {}", words_of(open.get())));
  Parts parts;
  std::size_t total = 0, entries = 0;
  archive_entry* entry = nullptr;
  for (;;) {
    const int status = archive_read_next_header(open.get(), &entry);
    if (status == ARCHIVE_EOF) break;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
      return fail(ErrorCode::invalid, fmt::format("this is no zip file that can be read: {}", words_of(open.get())));
    if (++entries > limits.entries_max)
      return fail(ErrorCode::too_large, fmt::format("the package holds over {} files", limits.entries_max));
    const char* raw = archive_entry_pathname_utf8(entry);
    const std::string name = raw ? raw : "";
    if (archive_entry_filetype(entry) == AE_IFDIR || name.ends_with('/')) continue;
    if (archive_entry_is_encrypted(entry)) return fail(ErrorCode::invalid, "the package is encrypted");
    const auto part = resolve_part("/", name);
    const bool leads_out = name.find("..") != std::string::npos && (!part || part->substr(1) != name);
    if (!part || leads_out || archive_entry_filetype(entry) != AE_IFREG) {
      findings.error({}, "aasx",
                     fmt::format("the package's file '{}' has no proper path; it was left out", name.substr(0, 200)));
      continue;
    }
    HANSE_TRY(auto content, read_entry(open.get(), name, limits.total_bytes_max - total, limits));
    total += content.size();
    if (!parts.emplace(*part, std::move(content)).second)
      findings.warning({}, "aasx", fmt::format("the package holds '{}' twice; the first was taken", name));
  }
  if (entries == 0) return fail(ErrorCode::invalid, "this is no zip file, or an empty one");
  return parts;
}

Result<std::string> write_zip(const std::vector<std::pair<std::string, std::string_view>>& parts) {
  std::string out;
  const NewArchive open{archive_write_new()};
  archive_write_set_format_zip(open.get());
  archive_write_set_bytes_in_last_block(open.get(), 1);
  if (archive_write_open(open.get(), &out, nullptr, append_to_text, nullptr) != ARCHIVE_OK)
    return fail(ErrorCode::unavailable, words_of(open.get()));
  for (const auto& [name, content] : parts) {
    archive_entry* entry = archive_entry_new();
    const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> owned{entry, archive_entry_free};
    archive_entry_set_pathname_utf8(entry, name.c_str() + 1);  // Without its slash.
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_mtime(entry, 315532800, 0);  // 1980-01-01, so that the same content gives the same bytes.
    if (archive_write_header(open.get(), entry) != ARCHIVE_OK ||
        archive_write_data(open.get(), content.data(), content.size()) < 0) {
      return fail(ErrorCode::unavailable, words_of(open.get()));
    }
  }
  if (archive_write_close(open.get()) != ARCHIVE_OK) return fail(ErrorCode::unavailable, words_of(open.get()));
  return out;
}

}  // namespace hanse::twin
