#include "dataspace/evidence.hpp"

#include <fmt/format.h>

#include "base/assert.hpp"
#include "dataspace/canonical_json.hpp"
#include "dataspace/records.hpp"

namespace hanse::dataspace {
namespace {

constexpr std::int64_t kBundleMax = 100'000;

std::string head_text(std::string_view partner, std::int64_t number, std::string_view hash) {
  std::string out = R"({"hash":)";
  json::append_string(out, hash);
  out += fmt::format(R"(,"number":{},"partner":)", number);
  json::append_string(out, partner);
  return out += '}';
}

EvidenceVerdict bad(std::int64_t entries, std::string finding) { return {false, entries, std::move(finding)}; }

}  // namespace

std::vector<store::IndexField> Evidence::index(const Evidence& evidence) {
  return {{"order", evidence.partner + '/' + sortable(evidence.number)}, {"subject", evidence.subject}};
}

std::string evidence_hash(const Evidence& entry) {
  Evidence bare = entry;
  bare.hash.clear();
  const auto canonical = canonical_json(to_json(bare));
  HANSE_ASSERT(canonical.has_value());  // a record of texts and whole numbers always has one
  return sha256_hex(*canonical);
}

Result<void> EvidenceLog::append(store::Transaction& transaction, Evidence entry) const {
  EvidenceHead head{.id = entry.partner, .number = 0, .hash = {}};
  HANSE_TRY(const auto stored, transaction.get(heads_.kind(), entry.partner));
  if (stored) {
    HANSE_TRY(head, from_json<EvidenceHead>(stored->body, UnknownMembers::ignore));
  }
  entry.number = ++head.number;
  entry.id = entry.partner + '/' + sortable(entry.number);
  entry.before = head.hash;
  entry.hash = evidence_hash(entry);
  head.hash = entry.hash;
  HANSE_CHECK(entries_.put(transaction, entry, 0));
  HANSE_CHECK(heads_.put(transaction, head));
  return {};
}

Result<store::StoredPage<Evidence>> EvidenceLog::list(std::string_view partner, std::string_view subject,
                                                      std::optional<std::string> cursor, std::int64_t limit) const {
  store::Query query{
      .kind = {}, .equal = {}, .range_field = "order", .descending = true, .cursor = std::move(cursor), .limit = limit};
  if (!subject.empty()) query.equal.push_back({"subject", std::string{subject}});
  if (!partner.empty()) {
    query.range_begin = std::string{partner} + '/';
    query.range_end = std::string{partner} + '0';  // the character after '/'
  }
  return entries_.list(std::move(query));
}

Result<EvidenceBundle> EvidenceLog::bundle(std::string_view partner, std::string_view participant,
                                           const SigningKey& key) const {
  EvidenceBundle bundle{
      .participant = std::string{participant}, .public_key = key.public_key, .entries = {}, .signed_head = {}};
  store::Query query{.kind = {},
                     .equal = {},
                     .range_field = "order",
                     .range_begin = std::string{partner} + '/',
                     .range_end = std::string{partner} + '0',
                     .limit = 1000};
  for (;;) {
    HANSE_TRY(auto page, entries_.list(query));
    for (auto& item : page.items) bundle.entries.push_back(std::move(item.record));
    if (std::ssize(bundle.entries) > kBundleMax)
      return fail(ErrorCode::too_large, "over 100,000 entries; ask for them page by page");
    if (!page.next) break;
    query.cursor = std::move(page.next);
  }
  const auto number = std::ssize(bundle.entries);
  const std::string hash = bundle.entries.empty() ? std::string{} : bundle.entries.back().hash;
  bundle.signed_head = sign_jws(head_text(partner, number, hash), key, std::string{participant} + "#key");
  return bundle;
}

EvidenceVerdict verify_evidence(std::string_view bundle_json, std::string_view expected_key) {
  const auto bundle = from_json<EvidenceBundle>(bundle_json, UnknownMembers::ignore);
  if (!bundle) return bad(0, "this is no evidence bundle: " + to_string(bundle.error()));
  if (!expected_key.empty() && bundle->public_key != expected_key)
    return bad(0, "the bundle is signed with another key than the expected one");
  std::string before, partner;
  std::int64_t number = 0;
  for (const auto& entry : bundle->entries) {
    ++number;
    if (entry.number != number)
      return bad(number - 1, fmt::format("entry {} is missing; the next is {}", number, entry.number));
    if (number > 1 && entry.partner != partner)
      return bad(number - 1, fmt::format("entry {} is of another partner", number));
    if (entry.before != before)
      return bad(number - 1, fmt::format("entry {} doesn't follow the one before it", number));
    if (evidence_hash(entry) != entry.hash) return bad(number - 1, fmt::format("entry {} was changed", number));
    before = entry.hash;
    partner = entry.partner;
  }
  const auto head = verify_jws(bundle->signed_head, bundle->public_key);
  if (!head) return bad(number, "the signed head is wrong: " + head.error().message);
  if (number > 0 && *head != head_text(partner, number, before))
    return bad(number,
               "the signed head is of other entries: some are missing at the end, or it was taken from another bundle");
  return {true, number, fmt::format("{} entries, unbroken, signed by {}", number, bundle->participant)};
}

}  // namespace hanse::dataspace
