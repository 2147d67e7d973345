#include "ecosystem/ecosystem.hpp"

#include <fmt/format.h>

namespace hanse::ecosystem {
namespace {

/// Which sites a changed record shows on, for the search.
void note_sites(const Records& records, const Organisation& organisation, std::vector<std::string>& sites) {
  for (const auto& site : records.sites) {
    if (site->organisation == organisation.id) sites.push_back(site->id);
  }
}
void note_sites(const Records&, const Site& site, std::vector<std::string>& sites) { sites.push_back(site.id); }
void note_sites(const Records&, const Capability& capability, std::vector<std::string>& sites) {
  sites.push_back(capability.site);
}
void note_sites(const Records& records, const Certificate& certificate, std::vector<std::string>& sites) {
  for (const auto& site : records.sites) {
    if (certificate.site.empty() ? site->organisation == certificate.organisation : site->id == certificate.site)
      sites.push_back(site->id);
  }
}
template <class T>
void note_sites(const Records&, const T&, std::vector<std::string>&) {}

/// Names the first record that refers to the one to be removed; empty when nothing does.
template <class T>
std::string referrer(const Records& records, const std::string& id) {
  std::string found;
  for_each_kind([&]<class Other>() {
    for (const auto& other : records.book<Other>()) {
      if (!found.empty()) return;
      bool refers = false;
      if constexpr (std::is_same_v<T, Organisation> && std::is_same_v<Other, Relationship>) {
        refers = other->from == id || other->to == id;
      } else if constexpr (std::is_same_v<T, Organisation> && !std::is_same_v<Other, Organisation>) {
        refers = other->organisation == id;
      } else if constexpr (std::is_same_v<T, Site> && requires { other->site; }) {
        refers = other->site == id;
      } else if constexpr (std::is_same_v<T, CapacityCalendar> && std::is_same_v<Other, Capability>) {
        refers = other->calendar == id;
      }
      if (refers) found = fmt::format("the {} '{}' refers to it", KindOf<Other>::word, other->id);
    }
  });
  return found;
}

}  // namespace

Ecosystem::Ecosystem(Token, store::Store& store)
    : store_(store),
      collections_{store::Collection<Organisation>{store, std::string{KindOf<Organisation>::store}},
                   store::Collection<Site>{store, std::string{KindOf<Site>::store}},
                   store::Collection<Capability>{store, std::string{KindOf<Capability>::store}},
                   store::Collection<Certificate>{store, std::string{KindOf<Certificate>::store}},
                   store::Collection<CapacityCalendar>{store, std::string{KindOf<CapacityCalendar>::store}},
                   store::Collection<Person>{store, std::string{KindOf<Person>::store}},
                   store::Collection<Relationship>{store, std::string{KindOf<Relationship>::store}}} {}

Result<std::unique_ptr<Ecosystem>> Ecosystem::open(store::Store& store) {
  auto ecosystem = std::make_unique<Ecosystem>(Token{}, store);
  HANSE_CHECK(ecosystem->reload());
  return ecosystem;
}

Result<void> Ecosystem::reload() {
  const std::lock_guard lock{write_mutex_};
  Records read;
  Result<void> failed;
  for_each_kind([&]<class T>() {
    if (!failed) return;
    auto stored = collection<T>().all();
    if (!stored) {
      failed = std::move(stored).error();
      return;
    }
    std::vector<std::shared_ptr<const T>> entries;
    for (auto& item : *stored) entries.push_back(std::make_shared<const T>(std::move(item.record)));
    read.book<T>().merge(std::move(entries));
  });
  HANSE_CHECK(failed);
  search_.rebuild(read);
  publish(std::move(read));
  return {};
}

std::shared_ptr<const Records> Ecosystem::records() const {
  const std::lock_guard lock{mutex_};
  return records_;
}

void Ecosystem::publish(Records records) {
  auto next = std::make_shared<const Records>(std::move(records));
  const std::lock_guard lock{mutex_};
  records_ = std::move(next);
}

template <class T>
Result<std::int64_t> Ecosystem::put(const store::Actor& actor, std::vector<T> records,
                                    std::optional<std::int64_t> expected) {
  const std::lock_guard lock{write_mutex_};
  const auto before = this->records();
  Draft draft{*before};
  for (auto& record : records) {
    normalise(record);
    if (auto errors = draft.check(record); !errors.empty()) {
      return fail(ErrorCode::invalid, fmt::format("the {} '{}' is wrong", KindOf<T>::word, record.id),
                  std::move(errors));
    }
    draft.apply(record);
  }
  std::int64_t version = 0;
  HANSE_CHECK(store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
    for (const auto& record : records) {
      HANSE_TRY(version, collection<T>().put(transaction, record, expected));
    }
    return {};
  }));
  Records next = std::move(draft).finish();
  std::vector<std::string> sites;
  if (records.size() > kSearchUpdateMax) {
    search_.rebuild(next);
  } else {
    for (const auto& record : records) {
      note_sites(next, record, sites);
      if constexpr (std::is_same_v<T, Capability>) {
        if (const auto* old = before->capabilities.find(record.id); old && old->site != record.site)
          sites.push_back(old->site);
      }
    }
    search_.update(next, sites);
  }
  publish(std::move(next));
  return version;
}

template <class T>
Result<void> Ecosystem::remove(const store::Actor& actor, const std::string& id, std::optional<std::int64_t> expected) {
  const std::lock_guard lock{write_mutex_};
  Records next = *records();
  if (const auto reason = referrer<T>(next, id); !reason.empty()) {
    return fail(ErrorCode::conflict, fmt::format("the {} '{}' can't be deleted: {}", KindOf<T>::word, id, reason));
  }
  HANSE_CHECK(collection<T>().remove(actor, id, expected));
  std::vector<std::string> sites;
  if (const auto* old = next.book<T>().find(id)) note_sites(next, *old, sites);
  next.book<T>().erase(id);
  search_.update(next, sites);
  publish(std::move(next));
  return {};
}

#define HANSE_ECOSYSTEM_KIND(T)                                                                                   \
  template Result<std::int64_t> Ecosystem::put(const store::Actor&, std::vector<T>, std::optional<std::int64_t>); \
  template Result<void> Ecosystem::remove<T>(const store::Actor&, const std::string&, std::optional<std::int64_t>);
HANSE_ECOSYSTEM_KIND(Organisation)
HANSE_ECOSYSTEM_KIND(Site)
HANSE_ECOSYSTEM_KIND(Capability)
HANSE_ECOSYSTEM_KIND(Certificate)
HANSE_ECOSYSTEM_KIND(CapacityCalendar)
HANSE_ECOSYSTEM_KIND(Person)
HANSE_ECOSYSTEM_KIND(Relationship)
#undef HANSE_ECOSYSTEM_KIND

}  // namespace hanse::ecosystem
