#include "ecosystem/search.hpp"

#include <cctype>
#include <cmath>
#include <mutex>
#include <numbers>
#include <set>

#include "base/text.hpp"
#include "base/type_info.hpp"

namespace hanse::ecosystem {
namespace {

/// Lower-case runs of letters and digits; bytes above 127 belong to words, so that names in any script are found.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto lower = to_lower(text);
  for (const char character : lower + ' ') {
    const auto byte = static_cast<unsigned char>(character);
    if (byte > 127 || std::isalnum(byte)) {
      word += character;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  return words;
}

void sort_unique(std::vector<std::uint16_t>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

double radians(double degrees) { return degrees * std::numbers::pi / 180; }

}  // namespace

double distance_km(double latitude_a, double longitude_a, double latitude_b, double longitude_b) {
  const double half_lat = std::sin(radians(latitude_b - latitude_a) / 2),
               half_lon = std::sin(radians(longitude_b - longitude_a) / 2);
  const double h =
      half_lat * half_lat + std::cos(radians(latitude_a)) * std::cos(radians(latitude_b)) * half_lon * half_lon;
  return 2 * 6371 * std::asin(std::min(1.0, std::sqrt(h)));
}

void Search::add(const Records& records, const Site& site, const std::vector<const Capability*>& offers,
                 const std::vector<const Certificate*>& certificates) {
  const auto* organisation = records.organisations.find(site.organisation);
  if (!organisation) return;
  Entry entry;
  entry.hit = {.site = site.id,
               .site_name = site.name,
               .city = site.city,
               .country = site.country,
               .organisation = site.organisation,
               .organisation_name = organisation->name,
               .latitude = site.latitude,
               .longitude = site.longitude};
  std::set<std::string> words;
  const auto take = [&](std::string_view text) {
    for (auto& word : words_of(text)) words.insert(std::move(word));
  };
  for (const auto* text : {&site.id, &site.name, &site.city, &site.country, &organisation->id, &organisation->name,
                           &organisation->description})
    take(*text);
  for (const auto& tag : organisation->tags) take(tag);
  for (const auto& role : organisation->roles) {
    entry.domains.push_back(role.domain);
    take(describe::enum_name(role.participant));
  }
  for (const auto* offer : offers) {
    if (!offer->offered) continue;
    entry.hit.processes.push_back(offer->process);
    for (const auto number : process_with_ancestors(offer->process)) {
      entry.processes.push_back(static_cast<std::uint16_t>(number));
      take(process_label(process_id(number)));
    }
    take(offer->process);
    for (const auto& material : offer->materials) {
      take(material);
      for (const auto number : material_with_ancestors(material))
        entry.materials.push_back(static_cast<std::uint16_t>(number));
    }
  }
  for (const auto* certificate : certificates) take(certificate->scheme);
  sort_unique(entry.processes);
  sort_unique(entry.materials);
  const auto number = static_cast<std::uint32_t>(entries_.size());
  by_site_[site.id] = number;
  for (const auto& word : words) postings_[word].push_back(number);
  entries_.push_back(std::move(entry));
}

void Search::rebuild(const Records& records) {
  std::unordered_map<std::string_view, std::vector<const Capability*>> offers;
  for (const auto& capability : records.capabilities) offers[capability->site].push_back(capability.get());
  std::unordered_map<std::string_view, std::vector<const Certificate*>> of_organisation;
  for (const auto& certificate : records.certificates)
    of_organisation[certificate->organisation].push_back(certificate.get());
  const std::unique_lock lock{mutex_};
  entries_.clear();
  by_site_.clear();
  postings_.clear();
  dead_ = 0;
  for (const auto& site : records.sites) {
    std::vector<const Certificate*> certificates;
    if (const auto found = of_organisation.find(site->organisation); found != of_organisation.end()) {
      for (const auto* certificate : found->second) {
        if (certificate->site.empty() || certificate->site == site->id) certificates.push_back(certificate);
      }
    }
    const auto found = offers.find(site->id);
    add(records, *site, found == offers.end() ? std::vector<const Capability*>{} : found->second, certificates);
  }
}

void Search::update(const Records& records, const std::vector<std::string>& sites) {
  if (sites.empty()) return;
  std::set<std::string> wanted{sites.begin(), sites.end()};
  std::map<std::string, std::vector<const Capability*>> offers;
  for (const auto& capability : records.capabilities) {
    if (wanted.contains(capability->site)) offers[capability->site].push_back(capability.get());
  }
  bool crowded = false;
  {
    const std::unique_lock lock{mutex_};
    for (const auto& id : wanted) {
      if (const auto old = by_site_.find(id); old != by_site_.end()) {
        entries_[old->second].alive = false;
        by_site_.erase(old);
        ++dead_;
      }
      const auto* site = records.sites.find(id);
      if (!site) continue;
      std::vector<const Certificate*> certificates;
      for (const auto& certificate : records.certificates) {
        if (certificate->organisation == site->organisation && (certificate->site.empty() || certificate->site == id)) {
          certificates.push_back(certificate.get());
        }
      }
      add(records, *site, offers[id], certificates);
    }
    crowded = dead_ > 1000 && dead_ > entries_.size() / 2;
  }
  if (crowded) rebuild(records);
}

/// Entries that have, for each word, a word beginning with it; ascending.
std::vector<std::uint32_t> Search::candidates(std::string_view words) const {
  std::vector<std::uint32_t> all;
  bool first = true;
  for (const auto& word : words_of(words)) {
    std::vector<std::uint32_t> with_word;
    for (auto at = postings_.lower_bound(word); at != postings_.end() && at->first.starts_with(word); ++at) {
      with_word.insert(with_word.end(), at->second.begin(), at->second.end());
    }
    std::sort(with_word.begin(), with_word.end());
    with_word.erase(std::unique(with_word.begin(), with_word.end()), with_word.end());
    if (std::exchange(first, false)) {
      all = std::move(with_word);
    } else {
      std::vector<std::uint32_t> both;
      std::set_intersection(all.begin(), all.end(), with_word.begin(), with_word.end(), std::back_inserter(both));
      all = std::move(both);
    }
  }
  return all;
}

bool Search::fits(const Entry& entry, const SearchQuery& query) const {
  if (!entry.alive) return false;
  if (!query.country.empty() && entry.hit.country != query.country) return false;
  return !query.domain || std::find(entry.domains.begin(), entry.domains.end(), *query.domain) != entry.domains.end();
}

SearchAnswer Search::find(const SearchQuery& query) const {
  const std::shared_lock lock{mutex_};
  const bool any_words = !words_of(query.words).empty();
  const auto process = query.process.empty() ? std::optional<std::size_t>{} : process_number(query.process);
  const auto material = query.material.empty() ? std::optional<std::size_t>{} : material_number(query.material);
  if ((!query.process.empty() && !process) || (!query.material.empty() && !material)) return {};
  std::vector<std::pair<double, const Entry*>> found;
  const auto consider = [&](const Entry& entry) {
    if (!fits(entry, query)) return;
    const auto has = [](const std::vector<std::uint16_t>& numbers, std::size_t number) {
      return std::binary_search(numbers.begin(), numbers.end(), static_cast<std::uint16_t>(number));
    };
    if ((process && !has(entry.processes, *process)) || (material && !has(entry.materials, *material))) return;
    double away = 0;
    if (query.radius_km > 0) {
      // A degree of latitude is at least 110.5 km: most entries leave here without a sine.
      if (std::abs(entry.hit.latitude - query.latitude) * 110.5 > query.radius_km) return;
      away = distance_km(query.latitude, query.longitude, entry.hit.latitude, entry.hit.longitude);
      if (away > query.radius_km) return;
    }
    found.emplace_back(away, &entry);
  };
  if (any_words) {
    for (const auto number : candidates(query.words)) consider(entries_[number]);
  } else {
    for (const auto& entry : entries_) consider(entry);
  }
  const auto before = [](const auto& a, const auto& b) {
    return std::tie(a.first, a.second->hit.organisation, a.second->hit.site) <
           std::tie(b.first, b.second->hit.organisation, b.second->hit.site);
  };
  const auto shown = std::min(query.limit, found.size());
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(shown), found.end(), before);
  SearchAnswer answer{.hits = {}, .total = std::ssize(found)};
  for (std::size_t i = 0; i < shown; ++i) {
    answer.hits.push_back(found[i].second->hit);
    answer.hits.back().distance_km = found[i].first;
  }
  return answer;
}

std::vector<MapCell> Search::map(const MapQuery& query) const {
  const std::shared_lock lock{mutex_};
  struct Sum {
    double latitude = 0, longitude = 0;
    std::int64_t sites = 0;
    const Entry* last = nullptr;
  };
  std::map<std::pair<std::int64_t, std::int64_t>, Sum> cells;
  for (const auto& entry : entries_) {
    const auto& hit = entry.hit;
    if (!entry.alive || (hit.latitude == 0 && hit.longitude == 0)) continue;
    if (hit.latitude < query.south || hit.latitude > query.north || hit.longitude < query.west ||
        hit.longitude > query.east)
      continue;
    auto& sum = cells[{static_cast<std::int64_t>(std::floor(hit.latitude / query.cell_degrees)),
                       static_cast<std::int64_t>(std::floor(hit.longitude / query.cell_degrees))}];
    sum.latitude += hit.latitude;
    sum.longitude += hit.longitude;
    ++sum.sites;
    sum.last = &entry;
  }
  std::vector<MapCell> out;
  for (const auto& [place, sum] : cells) {
    const auto count = static_cast<double>(sum.sites);
    out.push_back({.latitude = sum.latitude / count,
                   .longitude = sum.longitude / count,
                   .sites = sum.sites,
                   .site = sum.sites == 1 ? sum.last->hit.site : "",
                   .name = sum.sites == 1 ? sum.last->hit.site_name : ""});
  }
  return out;
}

std::size_t Search::site_count() const {
  const std::shared_lock lock{mutex_};
  return by_site_.size();
}

}  // namespace hanse::ecosystem
