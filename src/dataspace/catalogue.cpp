#include "dataspace/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "dataspace/canonical_json.hpp"
#include "dataspace/internal/loose.hpp"
#include "dataspace/signature.hpp"

namespace hanse::dataspace {
namespace {

constexpr std::int64_t kPageMax = 1000;
constexpr std::size_t kFilterMax = 200;
constexpr std::size_t kImportBatch = 500;

std::string offer_id_of(const OfferTemplate& offer, const Dataset& dataset) { return offer.id + ':' + dataset.id; }

std::string offer_json_of(const OfferTemplate& offer, std::string_view rules, const Dataset& dataset) {
  return fmt::format(R"({{"@id":{},"@type":"Offer",{}}})", quoted(offer_id_of(offer, dataset)), rules);
}

Result<std::int64_t> whole(JsonRef object, std::string_view name, std::int64_t otherwise) {
  const auto text = loose::text(object, name);
  if (!text) return otherwise;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || end != text->data() + text->size() || value < 0) {
    return fail(ErrorCode::invalid, "the filter is wrong",
                {{"filter." + std::string{name}, "must be a whole number, not negative"}});
  }
  return value;
}

Result<void> read_filter(JsonRef filter, CatalogueRequest& out) {
  if (filter.kind() != JsonRef::Kind::object)
    return fail(ErrorCode::invalid, "this filter isn't supported",
                {{"filter", "must be an object with text, kind, offset or limit"}});
  const auto name_of = [](std::string_view key) { return key.substr(key.find_last_of("/:") + 1); };
  for (std::size_t i = 0; i < filter.size(); ++i) {
    const auto [key, value] = filter.member(i);
    const auto name = name_of(key);
    if (name == "text") {
      out.text = to_lower(loose::text(value).value_or("").substr(0, kFilterMax));
    } else if (name == "kind") {
      DatasetKind kind{};
      if (!describe::enum_value(loose::text(value).value_or(""), kind)) {
        return fail(ErrorCode::invalid, "the filter is wrong",
                    {{"filter.kind", "must be one of " + describe::enum_names<DatasetKind>()}});
      }
      out.kind = kind;
    } else if (name == "offset") {
      HANSE_TRY(out.offset, whole(filter, key, 0));
    } else if (name == "limit") {
      HANSE_TRY(out.limit, whole(filter, key, out.limit));
    } else if (name == "filterExpression" ? !loose::list(value).empty()
                                          : (name != "@type" && name != "sortOrder" && name != "@context")) {
      return fail(ErrorCode::invalid, "this filter isn't supported",
                  {{"filter." + std::string{name}, "isn't known; text, kind, offset and limit are"}});
    }
  }
  out.limit = std::clamp<std::int64_t>(out.limit, 1, kPageMax);
  return {};
}

}  // namespace

Result<CatalogueRequest> read_catalogue_request(std::string_view body) {
  HANSE_TRY(const auto document, JsonDocument::parse(body));
  const auto root = document.root();
  if (loose::short_name(loose::text(root, "@type").value_or("")) != "CatalogRequestMessage") {
    return fail(ErrorCode::invalid, "this message isn't expected here", {{"@type", "must be CatalogRequestMessage"}});
  }
  CatalogueRequest request;
  for (const auto filter : loose::list(loose::member(root, "filter"))) HANSE_CHECK(read_filter(filter, request));
  return request;
}

std::string service_id(std::string_view base) {
  const auto hex = sha256_hex(base);
  return fmt::format("urn:uuid:{}-{}-5{}-8{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(13, 3),
                     hex.substr(17, 3), hex.substr(20, 12));
}

Catalogue::Catalogue(store::Store& store, const Clock& clock)
    : store_(store), clock_(clock), datasets_(store, "dataspace_dataset"), offers_(store, "dataspace_offer") {}

Result<std::shared_ptr<Catalogue::Group>> Catalogue::make_group(const OfferTemplate& offer) {
  const bool own_terms = offer.rules.text.empty() || offer.rules.text == "null";
  std::string rules = write_rules(offer.terms);
  if (!own_terms) {
    HANSE_TRY(rules, rules_of(offer.rules));
  }
  HANSE_TRY(auto policy, read_policy({'{' + rules + '}'}));
  auto group = std::make_shared<Group>();
  group->offer = offer;
  group->rules = std::move(rules);
  group->policy = std::move(policy);
  return group;
}

Result<void> Catalogue::load() {
  HANSE_TRY(const auto offers, offers_.all());
  HANSE_TRY(const auto datasets, datasets_.all());
  const std::unique_lock lock{mutex_};
  for (const auto& offer : offers) {
    HANSE_TRY(auto group, make_group(offer.record));
    groups_[offer.record.id] = std::move(group);
  }
  for (const auto& dataset : datasets) index(dataset.record);
  return {};
}

void Catalogue::index(const Dataset& dataset) {
  unindex(dataset.id);
  const auto group = groups_.find(dataset.offer);
  if (group == groups_.end()) return;
  group->second->entries.insert({dataset.id, to_lower(dataset.id + '\n' + dataset.title), dataset.kind});
  group_of_[dataset.id] = dataset.offer;
}

void Catalogue::unindex(std::string_view id) {
  const auto known = group_of_.find(id);
  if (known == group_of_.end()) return;
  groups_.at(known->second)->entries.erase({std::string{id}, {}, {}});
  group_of_.erase(known);
}

Result<std::int64_t> Catalogue::put(const store::Actor& actor, const Dataset& dataset,
                                    std::optional<std::int64_t> expected) {
  {
    const std::shared_lock lock{mutex_};
    if (!groups_.contains(dataset.offer)) {
      return fail(ErrorCode::invalid, "the dataset has wrong fields",
                  {{"offer", "there is no offer '" + dataset.offer + "'"}});
    }
  }
  HANSE_TRY(const auto version, datasets_.put(actor, dataset, expected));
  const std::unique_lock lock{mutex_};
  index(dataset);
  return version;
}

Result<void> Catalogue::put_all(const store::Actor& actor, std::span<const Dataset> datasets) {
  for (std::size_t begin = 0; begin < datasets.size(); begin += kImportBatch) {
    const auto batch = datasets.subspan(begin, std::min(kImportBatch, datasets.size() - begin));
    HANSE_CHECK(store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
      for (const auto& dataset : batch) HANSE_CHECK(datasets_.put(transaction, dataset));
      return {};
    }));
    const std::unique_lock lock{mutex_};
    for (const auto& dataset : batch) index(dataset);
  }
  return {};
}

Result<std::int64_t> Catalogue::put(const store::Actor& actor, const OfferTemplate& offer,
                                    std::optional<std::int64_t> expected) {
  HANSE_TRY(auto group, make_group(offer));
  HANSE_TRY(const auto version, offers_.put(actor, offer, expected));
  const std::unique_lock lock{mutex_};
  if (const auto before = groups_.find(offer.id); before != groups_.end())
    group->entries = std::move(before->second->entries);
  groups_[offer.id] = std::move(group);
  return version;
}

Result<void> Catalogue::remove_dataset(const store::Actor& actor, std::string_view id) {
  HANSE_CHECK(datasets_.remove(actor, id));
  const std::unique_lock lock{mutex_};
  unindex(id);
  return {};
}

Result<void> Catalogue::remove_offer(const store::Actor& actor, std::string_view id) {
  HANSE_CHECK(store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
    HANSE_TRY(const auto used,
              transaction.list({.kind = datasets_.kind(), .equal = {{"offer", std::string{id}}}, .limit = 1}));
    if (!used.items.empty())
      return fail(ErrorCode::conflict, "dataset '" + used.items.front().id + "' is offered under these terms");
    return offers_.remove(transaction, id);
  }));
  const std::unique_lock lock{mutex_};
  if (const auto found = groups_.find(id); found != groups_.end()) groups_.erase(found);
  return {};
}

Decision Catalogue::may_see(const Partner& partner, const Group& group) const {
  const auto& offer = group.offer;
  if (partner.trust != Trust::confirmed) return {false, {"the partner isn't confirmed"}};
  const bool limited = !offer.partners.empty() || !offer.groups.empty();
  const bool named = std::ranges::find(offer.partners, partner.id) != offer.partners.end();
  const bool grouped = std::ranges::any_of(
      partner.groups, [&](const auto& name) { return std::ranges::find(offer.groups, name) != offer.groups.end(); });
  if (limited && !named && !grouped) return {false, {"the offer is for other partners"}};
  return decide(group.policy, {.moment = Moment::offer,
                               .now = clock_.now(),
                               .agreed_at = clock_.now(),
                               .participant = partner.participant,
                               .business_number = partner.business_number,
                               .groups = partner.groups,
                               .frameworks = partner.frameworks,
                               .member = partner.member,
                               .purpose = {},
                               .region = {},
                               .machine = {}});
}

std::vector<const Catalogue::Entry*> Catalogue::find(const Partner& partner, const CatalogueRequest& request) const {
  // Merges the groups' sorted sets, so that a page costs its own length and one step per group; terms are asked when
  // the first of their datasets is next, so that a page asks about as many as it shows.
  struct Cursor {
    const Group* group;
    std::set<Entry>::const_iterator at, end;
    bool is_seen = false;
  };
  const auto later = [](const Cursor& a, const Cursor& b) { return b.at->id < a.at->id; };
  std::vector<Cursor> heap;
  for (const auto& [id, group] : groups_) {
    const auto& entries = group->entries;
    const auto begin = request.after.empty() ? entries.begin() : entries.upper_bound({request.after, {}, {}});
    if (begin != entries.end()) heap.push_back({group.get(), begin, entries.end()});
  }
  std::ranges::make_heap(heap, later);
  std::vector<const Entry*> found;
  std::int64_t skip = request.offset;
  while (!heap.empty() && std::ssize(found) <= request.limit) {
    std::ranges::pop_heap(heap, later);
    auto& cursor = heap.back();
    cursor.is_seen = cursor.is_seen || may_see(partner, *cursor.group).allowed;
    if (!cursor.is_seen) {
      heap.pop_back();
      continue;
    }
    const Entry& entry = *cursor.at;
    const bool fits = (!request.kind || entry.kind == *request.kind) &&
                      (request.text.empty() || entry.searched.find(request.text) != std::string::npos);
    if (fits && skip-- <= 0) found.push_back(&entry);
    if (++cursor.at == cursor.end) {
      heap.pop_back();
    } else {
      std::ranges::push_heap(heap, later);
    }
  }
  return found;
}

std::string Catalogue::dataset_json(const Dataset& dataset, const Group& group, std::string_view service_json,
                                    std::string_view context) const {
  std::string out = fmt::format(R"({{{}"@id":{},"@type":"Dataset","http://purl.org/dc/terms/title":{})", context,
                                quoted(dataset.id), quoted(dataset.title));
  if (!dataset.description.empty()) out += R"(,"http://purl.org/dc/terms/description":)" + quoted(dataset.description);
  if (!dataset.type_iri.empty()) out += R"(,"http://purl.org/dc/terms/type":{"@id":)" + quoted(dataset.type_iri) + '}';
  out += fmt::format(R"(,"hasPolicy":[{}],"distribution":[)", offer_json_of(group.offer, group.rules, dataset));
  const auto distribution = [&](std::string_view format) {
    return fmt::format(R"({{"@type":"Distribution","format":"{}","accessService":{}}})", format, service_json);
  };
  out += distribution(kPull);
  if (dataset.push) out += ',' + distribution(kPush);
  return out + "]}";
}

Result<CataloguePage> Catalogue::page(const Partner& partner, const CatalogueRequest& request, std::string_view base,
                                      std::string_view participant) const {
  const std::shared_lock lock{mutex_};
  const auto found = find(partner, request);
  const auto service = service_id(base);
  CataloguePage page;
  page.body = fmt::format(
      R"({{"@context":["{}"],"@id":"{}","@type":"Catalog","participantId":{},"service":[{{"@id":"{}","@type":"DataService","endpointURL":{}}}])",
      kContext, new_urn(), quoted(participant), service, quoted(base));
  std::string items;
  const auto count = std::min<std::size_t>(found.size(), static_cast<std::size_t>(request.limit));
  for (std::size_t i = 0; i < count; ++i) {
    HANSE_TRY(const auto dataset, datasets_.find(found[i]->id));
    if (!dataset) continue;  // removed, and not yet out of the index
    if (!items.empty()) items += ',';
    items += dataset_json(dataset->record, *groups_.at(group_of_.at(found[i]->id)), quoted(service), "");
  }
  if (!items.empty()) page.body += R"(,"dataset":[)" + items + ']';
  page.body += '}';
  if (found.size() > count) page.next = found[count - 1]->id;
  return page;
}

Result<VisibleDataset> Catalogue::visible(const Partner& partner, std::string_view id) const {
  const auto absent = [&] { return fail(ErrorCode::not_found, "there is no dataset '" + std::string{id} + "'"); };
  const std::shared_lock lock{mutex_};
  const auto group_id = group_of_.find(id);
  if (group_id == group_of_.end()) return absent();
  const auto& group = *groups_.at(group_id->second);
  if (!may_see(partner, group).allowed) return absent();
  HANSE_TRY(auto dataset, datasets_.find(id));
  if (!dataset) return absent();
  VisibleDataset out{.dataset = std::move(dataset->record), .offer = group.offer, .offer_id = {}, .offer_json = {}};
  out.offer_id = offer_id_of(out.offer, out.dataset);
  out.offer_json = {offer_json_of(out.offer, group.rules, out.dataset)};
  return out;
}

Result<std::string> Catalogue::dataset_document(const Partner& partner, std::string_view id,
                                                std::string_view base) const {
  HANSE_TRY(const auto found, visible(partner, id));
  const auto service =
      fmt::format(R"({{"@id":"{}","@type":"DataService","endpointURL":{}}})", service_id(base), quoted(base));
  const std::shared_lock lock{mutex_};
  const auto group = groups_.find(found.offer.id);
  if (group == groups_.end()) return fail(ErrorCode::not_found, "there is no dataset '" + std::string{id} + "'");
  return dataset_json(found.dataset, *group->second, service, fmt::format(R"("@context":["{}"],)", kContext));
}

Result<Decision> Catalogue::explain_visibility(const Partner& partner, std::string_view dataset) const {
  const std::shared_lock lock{mutex_};
  const auto group = group_of_.find(dataset);
  if (group == group_of_.end()) return fail(ErrorCode::not_found, "there is no dataset '" + std::string{dataset} + "'");
  return may_see(partner, *groups_.at(group->second));
}

}  // namespace hanse::dataspace
