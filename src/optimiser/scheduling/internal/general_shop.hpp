#pragma once

#include <cstdint>
#include <vector>

#include "optimiser/scheduling/internal/working_time.hpp"
#include "optimiser/scheduling/problem.hpp"
#include "optimiser/scheduling/schedule.hpp"

namespace hanse::optimiser::scheduling::internal {

/// The whole model laid out flat, for `Decoder`.
struct GeneralShop {
  struct Choice {
    std::uint32_t machine = 0;
    Seconds duration = 0;
  };
  struct Item {
    std::uint32_t job = 0;
    std::uint32_t first_choice = 0, choices = 0;
    std::uint32_t first_before = 0, befores = 0;  ///< In `before`.
    Seconds release = 0, lag = 0;
    std::int32_t size = 1;
    std::uint32_t family = 0;
    std::int32_t skill = -1;
    bool resumable = false;
    bool pinned = false;
    bool fact = false;     ///< Started: pinned with a known end.
    bool dropped = false;  ///< Its job is cancelled and it hasn't started.
    Seconds pin_start = 0, pin_end = 0;
    std::uint32_t pin_machine = 0;
  };
  struct MachineItem {
    WorkingTime works;
    std::int32_t capacity = 1;
    bool batch = false;
    const std::vector<std::vector<Seconds>>* setups = nullptr;
    std::int32_t family = -1;
    Seconds available_from = 0;
    std::vector<std::uint32_t> pins;  ///< Pinned operations that haven't started, by start.
  };

  const Problem* problem = nullptr;
  std::vector<Item> items;
  std::vector<Choice> choices;
  std::vector<std::uint32_t> before;
  std::vector<MachineItem> machines;
  std::vector<WorkingTime> people;
  std::vector<std::vector<std::uint32_t>> people_with;  ///< By skill.
  std::vector<std::uint32_t> facts;                     ///< By start.
  std::vector<std::uint32_t> topological;               ///< All operations that are to be placed.
  const std::vector<std::vector<Seconds>>* ways = nullptr;
  std::uint32_t vehicles = 0;
  Seconds until = 0;  ///< Calendars are laid out so far.
  Seconds now = 0;    ///< Nothing that hasn't started starts before.

  static GeneralShop from(const Problem& problem, Seconds now);
  const Choice& choice(std::uint32_t item, std::uint32_t index) const {
    return choices[items[item].first_choice + index];
  }
};

}  // namespace hanse::optimiser::scheduling::internal
