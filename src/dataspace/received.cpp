#include "dataspace/received.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hanse::dataspace {

std::vector<store::IndexField> Received::index(const Received& received) {
  return {{"agreement", received.agreement},
          {"transfer", received.transfer},
          {"begun", sortable(received.begun_at) + received.id}};
}

Result<std::optional<Received>> ReceivedBook::of_transfer(const std::string& transfer) const {
  HANSE_TRY(
      auto page,
      received_.list(
          {.kind = {}, .equal = {{"transfer", transfer}}, .range_field = "begun", .descending = true, .limit = 1}));
  if (page.items.empty()) return std::optional<Received>{};
  return std::optional{std::move(page.items.front().record)};
}

Result<void> ReceivedBook::make_room(const store::Actor& actor, const std::string& agreement) const {
  HANSE_TRY(const auto page, list(agreement, {}, kKeptMax + 100));
  for (auto i = static_cast<std::size_t>(kKeptMax) - 1; i < page.items.size(); ++i)
    HANSE_CHECK(remove(actor, page.items[i].record.id));
  return {};
}

Result<Received> ReceivedBook::take(const store::Actor& actor, const Process& transfer,
                                    const ReceivedPiece& piece) const {
  const auto end = piece.offset + std::ssize(piece.body);
  const auto total = piece.total > 0 ? piece.total : end;
  if (total > kTotalMax || piece.body.size() > kPieceMax)
    return fail(ErrorCode::too_large, fmt::format("more than {} bytes aren't taken", kTotalMax));
  if (piece.offset < 0 || end > total) return fail(ErrorCode::invalid, "the piece is beyond the end of the whole");
  const auto now = clock_.now();
  Received received{.id = {},
                    .agreement = transfer.agreement,
                    .partner = transfer.partner,
                    .transfer = transfer.id,
                    .content_type = piece.content_type,
                    .pushed = piece.pushed,
                    .total = total,
                    .begun_at = now};
  HANSE_TRY(const auto before, of_transfer(transfer.id));
  if (piece.offset > 0) {
    if (!before || before->total != total || piece.offset > before->bytes)
      return fail(ErrorCode::conflict, fmt::format("the piece from {} doesn't follow what is here: {} bytes",
                                                   piece.offset, before ? before->bytes : 0));
    received = *before;
  } else if (piece.pushed && before) {
    received = *before;  // a push is one whole; sent again, as our answer was lost
    received.total = total;
  } else {
    HANSE_CHECK(make_room(actor, transfer.agreement));
    received.id = new_urn();
  }
  // Bytes first: a record never promises what isn't there, and what a crash leaves is written over.
  HANSE_CHECK(content_.write(received.id, piece.offset, piece.body));
  // The file begins anew with its first piece.
  received.bytes = piece.offset == 0 ? end : std::max(received.bytes, end);
  received.changed_at = now;
  HANSE_CHECK(received_.put(actor, received));
  return received;
}

Result<store::StoredPage<Received>> ReceivedBook::list(std::string_view agreement, std::optional<std::string> cursor,
                                                       std::int64_t limit) const {
  return received_.list({.kind = {},
                         .equal = {{"agreement", std::string{agreement}}},
                         .range_field = "begun",
                         .descending = true,
                         .cursor = std::move(cursor),
                         .limit = limit});
}

Result<Received> ReceivedBook::find(const std::string& id) const {
  HANSE_TRY(auto stored, received_.get(id));
  return std::move(stored.record);
}

Result<std::string> ReceivedBook::read(const Received& received, std::int64_t offset, std::int64_t length) const {
  if (offset < 0 || offset > received.bytes)
    return fail(ErrorCode::invalid, "the window is wrong",
                {{"offset", fmt::format("must be at most {}", received.bytes)}});
  return content_.read(received.id, offset, std::min(length, received.bytes - offset));
}

Result<void> ReceivedBook::remove(const store::Actor& actor, const std::string& id) const {
  HANSE_CHECK(received_.remove(actor, id));
  return content_.remove(id);
}

}  // namespace hanse::dataspace
