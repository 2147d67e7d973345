#include "node/archive/export.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "node/access/records.hpp"
#include "node/secret_names.hpp"
#include "node/version.hpp"

namespace hanse::node {
namespace {

constexpr std::int64_t kEntriesAtOnce = 1000;
constexpr std::size_t kSamplesAtOnce = 100'000;
constexpr std::uint32_t kFilesInFolder = 1000;
constexpr std::array<std::string_view, 3> kNeverExported = {kCredentialKind, kSessionKind, "settings_version"};

constexpr std::string_view kReadme =
    R"(What a Hanse node kept, in plain formats (docs/formats/export.md has them to the byte).

documents/<kind>.jsonl     One record a line: {"id":...,"version":...,"changed_at":...,"record":{...}}.
journal.jsonl              Who changed what, one entry a line, oldest first, each chained to the one before by its hash.
history/<n>/<number>.csv   Samples of the signal with this number (documents/signal.jsonl tells what it is), oldest first:
                           time (UTC), value, quality, type. Texts are in quotes; an empty value means that there was none.
manifest.json              Every file with its length and SHA-256.

Secrets are left out or shown as ********.
)";

void append_masked(std::string& out, JsonRef value) {
  if (value.kind() == JsonRef::Kind::array) {
    out += '[';
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (i > 0) out += ',';
      append_masked(out, value.element(i));
    }
    out += ']';
  } else if (value.kind() == JsonRef::Kind::object) {
    out += '{';
    for (std::size_t i = 0; i < value.size(); ++i) {
      const auto [name, member] = value.member(i);
      if (i > 0) out += ',';
      json::append_string(out, name);
      out += ':';
      const bool secret = member.kind() == JsonRef::Kind::string && !member.string().empty() && names_a_secret(name);
      if (secret) {
        out += "\"********\"";
      } else {
        append_masked(out, member);
      }
    }
    out += '}';
  } else {
    out += value.text();
  }
}

Result<void> append_document(std::string& out, const store::Document& document) {
  const auto record = JsonDocument::parse(document.body);
  if (!record) {
    return fail(ErrorCode::corrupt,
                fmt::format("the stored {} '{}' is no JSON: {}", document.kind, document.id, record.error().message));
  }
  out += R"({"id":)";
  json::append_string(out, document.id);
  out += fmt::format(R"(,"version":{},"changed_at":"{}","record":)", document.version, to_string(document.changed_at));
  append_masked(out, record->root());
  out += "}\n";
  return {};
}

void append_entry(std::string& out, const store::JournalEntry& entry) {
  out += fmt::format(R"({{"sequence":{},"time":"{}")", entry.sequence, to_string(entry.time));
  const auto add = [&](std::string_view name, std::string_view text) {
    out += fmt::format(R"(,"{}":)", name);
    json::append_string(out, text);
  };
  add("actor", entry.actor);
  add("action", entry.action);
  add("kind", entry.kind);
  add("id", entry.id);
  out += fmt::format(R"(,"version":{})", entry.version);
  add("digest", entry.digest);
  add("detail", entry.detail);  // As text, since the hash is over it.
  add("hash", entry.hash);
  out += "}\n";
}

void append_sample(std::string& out, const signal::SampleBatch& batch, const signal::Sample& sample) {
  out += to_string(sample.time);
  out += ',';
  switch (sample.type) {
    case signal::ValueType::null:
      break;
    case signal::ValueType::real:
      if (std::isfinite(sample.real())) {
        json::append_real(out, sample.real());
      } else {
        out += std::isnan(sample.real()) ? "nan" : sample.real() > 0 ? "inf" : "-inf";
      }
      break;
    case signal::ValueType::integer:
      json::append_integer(out, sample.integer());
      break;
    case signal::ValueType::boolean:
      out += sample.boolean() ? "true" : "false";
      break;
    case signal::ValueType::text:
      // Whole and in quotes (RFC 4180): an export that defuses formulas would no longer be the data.
      out += '"';
      for (const char c : batch.text(sample)) out.append(c == '"' ? 2 : 1, c);
      out += '"';
      break;
  }
  out += fmt::format(",{},{}\n", describe::enum_name(sample.quality), describe::enum_name(sample.type));
}

class Export {
 public:
  Export(const ExportParts& parts, const std::string& folder) : parts_(parts), folder_(folder) {}

  Result<Manifest> run() {
    HANSE_CHECK(write_journal());
    for (const auto& kind : kinds_) HANSE_CHECK(write_kind(kind));
    for (const auto& [number, signal] : parts_.signals) HANSE_CHECK(write_signal(number));
    HANSE_CHECK(write_file(path_in(folder_, "README.md"), kReadme));
    HANSE_CHECK(sync_all(folder_));
    return write_manifest(folder_, {.program = std::string{version()},
                                    .made = parts_.clock.now(),
                                    .journal_entries = entries_,
                                    .journal_hash = last_hash_,
                                    .files = {},
                                    .digest = {}});
  }

 private:
  /// The journal tells all kinds that there ever were.
  Result<void> write_journal() {
    HANSE_TRY(auto file, FileWriter::create(path_in(folder_, "journal.jsonl")));
    for (std::int64_t after = 0;;) {
      HANSE_TRY(const auto entries, parts_.store.journal(after, kEntriesAtOnce, false));
      for (const auto& entry : entries) {
        kinds_.insert(entry.kind);
        append_entry(file.buffer(), entry);
        HANSE_CHECK(file.flush_some());
        after = entry.sequence;
        last_hash_ = entry.hash;
        ++entries_;
      }
      if (entries.empty()) return file.flush();
    }
  }

  Result<void> write_kind(const std::string& kind) {
    if (std::find(kNeverExported.begin(), kNeverExported.end(), kind) != kNeverExported.end()) return {};
    store::Query query{.kind = kind, .limit = 1000};
    HANSE_TRY(auto page, parts_.store.list(query));
    if (page.items.empty()) return {};
    const auto name = "documents/" + kind + ".jsonl";
    if (!is_inner_path(name)) return fail(ErrorCode::corrupt, fmt::format("'{}' can't be the name of a kind", kind));
    HANSE_TRY(auto file, FileWriter::create(path_in(folder_, name)));
    for (;;) {
      for (const auto& document : page.items) {
        HANSE_CHECK(append_document(file.buffer(), document));
        HANSE_CHECK(file.flush_some());
      }
      if (!page.next) return file.flush();
      query.cursor = page.next;
      HANSE_TRY(page, parts_.store.list(query));
    }
  }

  Result<void> write_signal(signal::SignalId number) {
    historian::TimeRange range{Timestamp::min(), Timestamp::max()};
    HANSE_TRY(auto batch, parts_.history.raw(number, range, kSamplesAtOnce));
    if (batch.empty()) return {};
    const auto id = static_cast<std::uint32_t>(number);
    HANSE_TRY(auto file,
              FileWriter::create(path_in(folder_, fmt::format("history/{}/{}.csv", id / kFilesInFolder, id))));
    file.buffer() += "time,value,quality,type\n";
    while (!batch.empty()) {
      for (const auto& sample : batch.samples) {
        append_sample(file.buffer(), batch, sample);
        HANSE_CHECK(file.flush_some());
      }
      range.begin = batch.samples.back().time + Duration{1};
      HANSE_TRY(batch, parts_.history.raw(number, range, kSamplesAtOnce));
    }
    return file.flush();
  }

  const ExportParts& parts_;
  const std::string& folder_;
  std::set<std::string> kinds_;
  std::int64_t entries_ = 0;
  std::string last_hash_;
};

}  // namespace

std::string mask_secret_members(JsonRef value) {
  std::string out;
  append_masked(out, value);
  return out;
}

Result<Manifest> export_all(const ExportParts& parts, const std::string& folder) {
  HANSE_CHECK(make_empty_folder(folder));
  return Export{parts, folder}.run();
}

}  // namespace hanse::node
