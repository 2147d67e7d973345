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
/// What came is kept where this node keeps such (see `ReceivedBook`); of a file larger than one answer the range says
/// how much there is.
Result<api::Response> fetch_data(Connector& connector, const Ask& ask, const FetchInput& in);

/// What a partner sends to this node's inlet.
struct PushedPiece {
  std::string transfer;  ///< Our pid.
  std::string token;
  std::string content_type;
  std::string_view body;
  std::int64_t offset = 0, total = 0;  ///< 0 for the whole at once.
};
/// Keeps it, counts it and notes it, once per piece however often it comes. Errors: `unauthenticated` when the token
/// isn't that of a running push, `forbidden` when the agreement isn't in force, what `ReceivedBook::take` says.
Result<void> take_push(Connector& connector, const PushedPiece& in);
/// First byte and size of the whole, of `bytes 0-99/1000`; nothing for other forms.
std::optional<std::pair<std::int64_t, std::int64_t>> read_content_range(std::string_view header);

}  // namespace hanse::dataspace
