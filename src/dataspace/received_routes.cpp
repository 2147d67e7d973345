#include <array>

#include "dataspace/internal/people_routes.hpp"

// What came under agreements, for people.

namespace hanse::dataspace {
namespace {

using api::Context;
using api::Method;
using api::Nothing;
using api::Page;
using api::Route;

constexpr std::int64_t kContentMax = 16LL << 20;  // bytes of one answer

struct ReceivedListInput {
  std::string id;
  std::optional<std::string> cursor;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "limit", .summary = "Rows of one page, newest first.", .min = 1, .max = api::kPageLimitMax}};
  }
};
HANSE_DESCRIBE(ReceivedListInput, (id, cursor, limit))

struct ReceivedContentInput {
  std::string id;
  std::int64_t offset = 0, length = 0;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "offset", .summary = "The first byte; a Range header says the same.", .min = 0},
        FieldNote{.field = "length", .summary = "Bytes at most; 0 for as many as go into one answer.", .min = 0}};
  }
};
HANSE_DESCRIBE(ReceivedContentInput, (id, offset, length))

ReceivedBook book_of(Connector& connector) {
  const auto& parts = connector.parts();
  return {parts.store, parts.clock, *parts.received};
}

Result<Page<Received>> list(const ReceivedBook& book, const ReceivedListInput& in) {
  HANSE_TRY(auto stored, book.list(in.id, in.cursor, in.limit));
  Page<Received> page{.items = {}, .next = std::move(stored.next)};
  for (auto& item : stored.items) page.items.push_back(std::move(item.record));
  return page;
}

Result<api::Response> content(const ReceivedBook& book, const ReceivedContentInput& in, const Context& context) {
  HANSE_TRY(const auto received, book.find(in.id));
  DataWindow window{.from = {}, .until = {}, .offset = in.offset, .length = in.length, .masked = {}};
  if (context.facts) take_range(context.facts->range, window);
  const auto most = window.length > 0 ? std::min(window.length, kContentMax) : kContentMax;
  HANSE_TRY(auto body, book.read(received, window.offset, most));
  api::Response response{
      .content_type = received.content_type.empty() ? "application/octet-stream" : received.content_type,
      .body = std::move(body),
      .version = {}};
  mark_range(response, window.offset, received.bytes);
  // Another company wrote it: it is shown as a text or saved, never run in our pages' name.
  response.headers.emplace_back("Content-Disposition", "attachment");
  response.headers.emplace_back("Content-Security-Policy", "sandbox");
  return response;
}

}  // namespace

void add_received_routes(std::vector<Route>& out, Connector& connector) {
  if (!connector.parts().received) return;
  out.push_back(api::route<ReceivedListInput, Page<Received>>(
      {Method::get, "/api/v1/dataspace/agreements/{id}/received",
       "What came under an agreement and is kept here, newest first.", kDataspaceRead},
      [&connector](const ReceivedListInput& in, const Context&) { return list(book_of(connector), in); }));
  out.push_back(api::route<ReceivedContentInput, api::Response>(
      {Method::get, "/api/v1/dataspace/received/{id}/content", "Bytes of what came, by range.", kDataspaceRead},
      [&connector](const ReceivedContentInput& in, const Context& context) {
        return content(book_of(connector), in, context);
      }));
  out.push_back(api::route<DataspaceById, Nothing>(
      {Method::del, "/api/v1/dataspace/received/{id}", "Deletes what came; the evidence stays.", kDataspaceWrite},
      [&connector](const DataspaceById& in, const Context& context) -> Result<Nothing> {
        HANSE_CHECK(book_of(connector).remove(actor_of(context), in.id));
        return Nothing{};
      }));
}

}  // namespace hanse::dataspace
