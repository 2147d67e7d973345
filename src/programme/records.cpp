#include "programme/records.hpp"

#include <fmt/format.h>
#include <unordered_map>

namespace hanse::programme {
namespace {

enum class Mark : std::uint8_t { fresh, open, done };

/// Follows the bill of material; the circle that was met, or nothing.
bool walk(const Design& design, const std::unordered_map<std::string, std::size_t>& places, std::size_t at,
          std::vector<Mark>& marks, std::string& circle) {
  if (marks[at] == Mark::done) return true;
  if (marks[at] == Mark::open) {
    circle = design.parts[at].id;
    return false;
  }
  marks[at] = Mark::open;
  for (const auto& input : design.parts[at].inputs) {
    const auto found = places.find(input.part);
    if (found == places.end() || walk(design, places, found->second, marks, circle)) continue;
    circle = design.parts[at].id + " -> " + circle;
    return false;
  }
  marks[at] = Mark::done;
  return true;
}

}  // namespace

void Design::validate(JsonReader& reader) const {
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!places.emplace(parts[i].id, i).second)
      reader.error_at(fmt::format("parts[{}].id", i), "stands in the design twice");
    if (!ecosystem::process_number(parts[i].requirement.process)) {
      reader.error_at(fmt::format("parts[{}].requirement.process", i),
                      "is no process class of the vocabulary, as proc:din8580/3.2.1");
    }
    if (!parts[i].requirement.material.empty() && !ecosystem::material_number(parts[i].requirement.material)) {
      reader.error_at(fmt::format("parts[{}].requirement.material", i), "is no material family of the vocabulary");
    }
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    for (std::size_t k = 0; k < parts[i].inputs.size(); ++k) {
      if (!places.contains(parts[i].inputs[k].part)) {
        reader.error_at(fmt::format("parts[{}].inputs[{}].part", i, k),
                        "there is no part '" + parts[i].inputs[k].part + "' in the design");
      }
    }
  }
  if (!places.contains(finished)) reader.error_at("finished", "there is no part '" + finished + "' in the design");
  std::vector<Mark> marks(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::string circle;
    if (walk(*this, places, i, marks, circle)) continue;
    reader.error_at("parts", "the bill of material goes round in a circle: " + circle);
    return;
  }
}

void Need::validate(JsonReader& reader) const {
  for (std::size_t i = 0; i < due.size(); ++i) {
    if (due[i].week >= weeks)
      reader.error_at(fmt::format("due[{}].week", i),
                      fmt::format("must be before the end of the plan, week {}", weeks));
  }
}

}  // namespace hanse::programme
