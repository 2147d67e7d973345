#include "plant/plant.hpp"

#include <fmt/format.h>
#include <algorithm>

namespace hanse::plant {
namespace {

template <class T>
std::string id_text(const T& record) {
  if constexpr (std::is_same_v<T, Asset>) {
    return record.id.value;
  } else {
    return record.id;
  }
}

template <class T>
Result<void> read_all(const store::Collection<T>& collection, Records& into) {
  HANSE_TRY(const auto stored, collection.all());
  for (const auto& item : stored) apply(into, item.record);
  return {};
}

/// Names the first record that refers to the one to be removed; empty when nothing does.
std::string referrer(const Records& records, const Catalogue& catalogue, const std::string& id, const Asset*) {
  for (const auto& [child_id, child] : records.assets) {
    if (child.parent.value == id) return "the node '" + child_id.value + "' stands below it";
  }
  const auto signals = catalogue.of_asset(AssetId{id});
  if (!signals.empty())
    return fmt::format("it has {} signals, the first is '{}'", signals.size(), signals.front().name);
  return {};
}
std::string referrer(const Records&, const Catalogue&, const std::string&, const Product*) { return {}; }
std::string referrer(const Records& records, const Catalogue&, const std::string& id, const Calendar*) {
  for (const auto& [asset_id, asset] : records.assets) {
    if (asset.calendar == id) return "the asset '" + asset_id.value + "' works by it";
  }
  return {};
}
std::string referrer(const Records& records, const Catalogue&, const std::string& id, const ReasonCode*) {
  for (const auto& [reason_id, reason] : records.reasons) {
    if (reason.parent == id) return "the reason '" + reason_id + "' stands below it";
  }
  return {};
}

void erase(Records& records, const std::string& id, const Asset*) { records.assets.erase(AssetId{id}); }
void erase(Records& records, const std::string& id, const Product*) { records.products.erase(id); }
void erase(Records& records, const std::string& id, const Calendar*) { records.calendars.erase(id); }
void erase(Records& records, const std::string& id, const ReasonCode*) { records.reasons.erase(id); }

}  // namespace

Plant::Plant(Token, store::Store& store, const Clock& clock)
    : store_(store),
      assets_(store, "asset"),
      products_(store, "product"),
      calendars_(store, "calendar"),
      reasons_(store, "reason"),
      events_(store, clock) {}

Result<std::unique_ptr<Plant>> Plant::open(store::Store& store, const Clock& clock, signal::Directory& directory) {
  auto plant = std::make_unique<Plant>(Token{}, store, clock);
  HANSE_TRY(plant->templates_, TemplateBook::built_in());
  plant->catalogue_ = std::make_unique<Catalogue>(store, directory);
  HANSE_CHECK(plant->reload());
  return plant;
}

Result<void> Plant::reload() {
  HANSE_CHECK(catalogue_->load());  // Not under our lock: an intake holds the catalogue's when it makes assets here.
  const std::lock_guard lock{write_mutex_};
  auto next = std::make_shared<Records>();
  HANSE_CHECK(read_all(assets_, *next));
  HANSE_CHECK(read_all(products_, *next));
  HANSE_CHECK(read_all(calendars_, *next));
  HANSE_CHECK(read_all(reasons_, *next));
  publish(std::move(next));
  return {};
}

Result<std::vector<SignalId>> Plant::resolve(const Intake& intake, std::span<const SourceValue> values) {
  const auto records = this->records();
  const store::Actor actor{"connection:" + intake.connection};
  return catalogue_->resolve(intake, values, templates_.find(intake.template_id), *records,
                             [&](const std::vector<Asset>& assets) -> Result<void> {
                               HANSE_CHECK(put<Asset>(actor, assets));
                               return {};
                             });
}

std::shared_ptr<const Records> Plant::records() const {
  const std::lock_guard lock{mutex_};
  return records_;
}

void Plant::publish(std::shared_ptr<const Records> records) {
  const std::lock_guard lock{mutex_};
  records_ = std::move(records);
}

template <>
const store::Collection<Asset>& Plant::collection<Asset>() const {
  return assets_;
}
template <>
const store::Collection<Product>& Plant::collection<Product>() const {
  return products_;
}
template <>
const store::Collection<Calendar>& Plant::collection<Calendar>() const {
  return calendars_;
}
template <>
const store::Collection<ReasonCode>& Plant::collection<ReasonCode>() const {
  return reasons_;
}

template <class T>
Result<std::int64_t> Plant::put(const store::Actor& actor, const std::vector<T>& records,
                                std::optional<std::int64_t> expected) {
  const std::lock_guard lock{write_mutex_};
  auto next = std::make_shared<Records>(*this->records());
  for (const auto& record : records) {
    if (auto errors = check(*next, record); !errors.empty()) {
      return fail(ErrorCode::invalid, fmt::format("the {} '{}' is wrong", KindOf<T>::name, id_text(record)),
                  std::move(errors));
    }
    apply(*next, record);
  }
  std::int64_t version = 0;
  const auto change = [&](store::Transaction& transaction) -> Result<void> {
    for (const auto& record : records) {
      HANSE_TRY(version, collection<T>().put(transaction, record, expected));
    }
    return {};
  };
  HANSE_CHECK(store_.write(actor, change));
  publish(std::move(next));
  return version;
}

template <class T>
Result<void> Plant::remove(const store::Actor& actor, const std::string& id, std::optional<std::int64_t> expected) {
  const std::lock_guard lock{write_mutex_};
  auto next = std::make_shared<Records>(*this->records());
  const T* const kind = nullptr;
  if (const auto reason = referrer(*next, *catalogue_, id, kind); !reason.empty()) {
    return fail(ErrorCode::conflict, fmt::format("the {} '{}' can't be deleted: {}", KindOf<T>::name, id, reason));
  }
  HANSE_CHECK(collection<T>().remove(actor, id, expected));
  erase(*next, id, kind);
  publish(std::move(next));
  return {};
}

template Result<std::int64_t> Plant::put(const store::Actor&, const std::vector<Asset>&, std::optional<std::int64_t>);
template Result<std::int64_t> Plant::put(const store::Actor&, const std::vector<Product>&, std::optional<std::int64_t>);
template Result<std::int64_t> Plant::put(const store::Actor&, const std::vector<Calendar>&,
                                         std::optional<std::int64_t>);
template Result<std::int64_t> Plant::put(const store::Actor&, const std::vector<ReasonCode>&,
                                         std::optional<std::int64_t>);
template Result<void> Plant::remove<Asset>(const store::Actor&, const std::string&, std::optional<std::int64_t>);
template Result<void> Plant::remove<Product>(const store::Actor&, const std::string&, std::optional<std::int64_t>);
template Result<void> Plant::remove<Calendar>(const store::Actor&, const std::string&, std::optional<std::int64_t>);
template Result<void> Plant::remove<ReasonCode>(const store::Actor&, const std::string&, std::optional<std::int64_t>);

}  // namespace hanse::plant
