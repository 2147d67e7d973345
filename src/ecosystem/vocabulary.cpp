#include "ecosystem/vocabulary.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <unordered_map>

#include "base/text.hpp"
#include "ecosystem/internal/vocabulary_terms.hpp"

namespace hanse::ecosystem {
namespace {

using internal::kMaterials;
using internal::kProcesses;
using internal::kProperties;
using internal::kSynonyms;

/// `am/PBF-LB/M` is a kind of `am/PBF`; `din8580/3.2.1` of `din8580/3.2`; `hx/elec.smt` of `hx/elec`.
std::string_view parent_of(std::string_view id) {
  const auto slash = id.find('/');
  const auto scheme = id.substr(0, slash);
  const auto rest = id.substr(slash + 1);
  const auto cut = scheme == "am" ? rest.find('-') : rest.rfind('.');
  return cut == std::string_view::npos ? std::string_view{} : id.substr(0, slash + 1 + cut);
}

std::size_t place_of(std::string_view id) {
  static const auto places = [] {
    std::unordered_map<std::string_view, std::size_t> out;
    for (std::size_t i = 0; i < kProcesses.size(); ++i) out.emplace(kProcesses[i].id, i);
    return out;
  }();
  const auto found = places.find(id);
  return found == places.end() ? kProcesses.size() : found->second;
}

constexpr std::string_view kPrefix = "proc:";

std::string_view bare(std::string_view id) { return id.starts_with(kPrefix) ? id.substr(kPrefix.size()) : id; }

}  // namespace

std::optional<std::string> process_class(std::string_view text) {
  const auto id = bare(trim(text));
  if (const auto place = place_of(id); place < kProcesses.size())
    return fmt::format("{}{}", kPrefix, kProcesses[place].id);
  const auto wanted = to_lower(id);
  for (const auto& synonym : kSynonyms) {
    if (to_lower(synonym.id) == wanted) return fmt::format("{}{}", kPrefix, synonym.label);
  }
  for (const auto& process : kProcesses) {
    if (to_lower(process.id) == wanted) return fmt::format("{}{}", kPrefix, process.id);
  }
  return {};
}

std::string_view process_label(std::string_view id) {
  const auto place = place_of(bare(id));
  return place < kProcesses.size() ? kProcesses[place].label : std::string_view{};
}

std::optional<std::size_t> process_number(std::string_view id) {
  const auto place = place_of(bare(id));
  if (place == kProcesses.size()) return {};
  return place;
}

std::vector<std::size_t> process_with_ancestors(std::string_view id) {
  std::vector<std::size_t> out;
  for (auto at = bare(id); !at.empty(); at = parent_of(at)) {
    if (const auto place = place_of(at); place < kProcesses.size()) out.push_back(place);
  }
  return out;
}

std::size_t process_count() { return kProcesses.size(); }
std::string process_id(std::size_t number) { return fmt::format("{}{}", kPrefix, kProcesses.at(number).id); }

std::optional<std::size_t> material_number(std::string_view id) {
  const auto found = std::find(kMaterials.begin(), kMaterials.end(), id);
  if (found == kMaterials.end()) return {};
  return static_cast<std::size_t>(found - kMaterials.begin());
}

std::vector<std::size_t> material_with_ancestors(std::string_view id) {
  std::vector<std::size_t> out;
  while (!id.empty()) {
    if (const auto number = material_number(id)) out.push_back(*number);
    const auto slash = id.rfind('/');
    id = slash == std::string_view::npos ? std::string_view{} : id.substr(0, slash);
  }
  return out;
}

std::size_t material_count() { return kMaterials.size(); }

std::string_view property_unit(std::string_view name) {
  const auto found = std::find_if(kProperties.begin(), kProperties.end(), [&](const auto& p) { return p.id == name; });
  return found == kProperties.end() ? std::string_view{} : found->label;
}

Vocabulary vocabulary() {
  Vocabulary out;
  for (const auto& process : kProcesses) {
    const auto parent = parent_of(process.id);
    out.processes.push_back({fmt::format("{}{}", kPrefix, process.id), std::string{process.label},
                             parent.empty() ? std::string{} : fmt::format("{}{}", kPrefix, parent)});
  }
  for (const auto material : kMaterials) out.materials.emplace_back(material);
  for (const auto& property : kProperties)
    out.properties.push_back({std::string{property.id}, std::string{property.label}});
  return out;
}

}  // namespace hanse::ecosystem
