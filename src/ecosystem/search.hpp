#pragma once

#include <map>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ecosystem/records.hpp"

namespace hanse::ecosystem {

/// A put of more records than this builds the index anew, which costs a tenth of a second at 30,000 sites.
inline constexpr std::size_t kSearchUpdateMax = 200;

struct SearchQuery {
  std::string words;     ///< All must occur, each as the beginning of a word.
  std::string process;   ///< This class or one below it.
  std::string material;  ///< This family or one below it.
  std::string country;
  double latitude = 0, longitude = 0;
  double radius_km = 0;  ///< 0: everywhere.
  std::optional<Domain> domain;
  std::size_t limit = 50;
};

struct SearchHit {
  std::string site, site_name, city, country;
  std::string organisation, organisation_name;
  double latitude = 0, longitude = 0;
  double distance_km = 0;  ///< From the query's place; 0 without one.
  std::vector<std::string> processes;
};
HANSE_DESCRIBE(SearchHit, (site, site_name, city, country, organisation, organisation_name, latitude, longitude,
                           distance_km, processes))

struct SearchAnswer {
  std::vector<SearchHit> hits;  ///< Nearest first with a place, else by organisation and site.
  std::int64_t total = 0;       ///< Sites that fit, also those over the limit.
};
HANSE_DESCRIBE(SearchAnswer, (hits, total))

/// Sites of one cell of a map.
struct MapCell {
  double latitude = 0, longitude = 0;  ///< Mean of its sites.
  std::int64_t sites = 0;
  std::string site, name;  ///< Of a cell with one site.
};
HANSE_DESCRIBE(MapCell, (latitude, longitude, sites, site, name))

struct MapQuery {
  double south = -90, west = -180, north = 90, east = 180;
  double cell_degrees = 1;
};

/// An index in memory of sites by words, process class, material and place. Safe from many threads.
class Search {
 public:
  void rebuild(const Records& records);
  /// Reads these sites again; those that are no longer there leave.
  void update(const Records& records, const std::vector<std::string>& sites);
  SearchAnswer find(const SearchQuery& query) const;
  std::vector<MapCell> map(const MapQuery& query) const;
  std::size_t site_count() const;

 private:
  struct Entry {
    SearchHit hit;
    std::vector<Domain> domains;
    std::vector<std::uint16_t> processes, materials;  ///< With those above them, sorted.
    bool alive = true;
  };
  using Offers = std::unordered_map<std::string_view, std::vector<const Capability*>>;
  void add(const Records& records, const Site& site, const std::vector<const Capability*>& offers,
           const std::vector<const Certificate*>& certificates);
  std::vector<std::uint32_t> candidates(std::string_view words) const;
  bool fits(const Entry& entry, const SearchQuery& query) const;

  mutable std::shared_mutex mutex_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::uint32_t> by_site_;
  std::map<std::string, std::vector<std::uint32_t>, std::less<>> postings_;  ///< Word to entries, ascending.
  std::size_t dead_ = 0;
};

/// Along a great circle, in kilometres (haversine, mean radius 6,371 km).
double distance_km(double latitude_a, double longitude_a, double latitude_b, double longitude_b);

}  // namespace hanse::ecosystem
