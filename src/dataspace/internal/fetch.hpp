#pragma once

#include "dataspace/routes.hpp"

namespace hanse::dataspace {

struct FetchInput {
  std::string id;
  std::optional<Timestamp> from, until;
  std::int64_t offset = 0, length = 0;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "from", .summary = "Of series and records; none for the last day."},
                      FieldNote{.field = "offset", .summary = "Of files: the first byte.", .min = 0},
                      FieldNote{.field = "length", .summary = "Of files: bytes at most.", .min = 0}};
  }
};
HANSE_DESCRIBE(FetchInput, (id, from, until, offset, length))

/// Data of a running pull, asked from the partner now. A token that has run out is renewed once where the partner says
/// how. What came is counted on this side too, with evidence, so that both sides can be compared. Errors: `conflict`
/// when there is nothing to pull, `unavailable` when the partner can't be reached, `forbidden` with the partner's
/// words.
Result<api::Raw> fetch_data(Connector& connector, const Ask& ask, const FetchInput& in);

}  // namespace hanse::dataspace
