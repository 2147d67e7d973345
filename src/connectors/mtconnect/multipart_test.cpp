#include "connectors/mtconnect/multipart.hpp"

#include "base/text.hpp"
#include "connectors/mtconnect/internal/test_documents.hpp"
#include "net/http_reply.hpp"

namespace hanse::connectors::mtconnect {
namespace {

std::vector<std::string> documents(MultipartReader& reader) {
  std::vector<std::string> all;
  while (true) {
    auto next = reader.next();
    EXPECT_TRUE(next);
    if (!next || !*next) return all;
    all.push_back(std::move(**next));
  }
}

TEST(Multipart, finds_the_boundary_in_both_types_and_quoted) {
  EXPECT_EQ(multipart_boundary("multipart/x-mixed-replace;boundary=abc"), "abc");
  EXPECT_EQ(multipart_boundary("Multipart/Mixed; charset=utf-8; Boundary=\"a b\""), "a b");
  EXPECT_FALSE(multipart_boundary("text/xml"));
  EXPECT_FALSE(multipart_boundary("multipart/mixed"));
}

TEST(Multipart, a_recorded_stream_gives_the_same_documents_however_it_is_cut) {
  for (const auto* name : {"sample-stream.http", "stream-heartbeat.http"}) {
    const auto recorded = internal::read_testdata(name);
    std::size_t parts = 0;  // Whole ones: counted in the raw text.
    for (auto at = recorded.find("</MTConnectStreams>"); at != std::string::npos;
         at = recorded.find("</MTConnectStreams>", at + 1)) {
      ++parts;
    }
    for (const std::size_t piece : {1UL, 7UL, 4096UL, recorded.size()}) {
      net::HttpReplyReader http{false};
      std::optional<MultipartReader> reader;
      std::size_t found = 0;
      for (std::size_t at = 0; at < recorded.size(); at += piece) {
        ASSERT_TRUE(http.feed(std::string_view{recorded}.substr(at, piece)));
        if (!http.has_head()) continue;
        if (!reader) reader.emplace(*multipart_boundary(http.head().find("content-type")));
        reader->feed(http.take_body());
        for (const auto& document : documents(*reader)) {
          EXPECT_TRUE(trim(document).ends_with("</MTConnectStreams>"));
          ++found;
        }
      }
      EXPECT_EQ(found, parts) << name << " in pieces of " << piece;
    }
  }
}

TEST(Multipart, header_names_come_in_any_case_and_lines_with_or_without_return) {
  MultipartReader reader{"b"};
  reader.feed("--b\nCONTENT-LENGTH: 3\n\nabc\n\n\r\n--b\r\ncontent-length:2\r\n\r\nxy");
  EXPECT_EQ(documents(reader), (std::vector<std::string>{"abc", "xy"}));
}

TEST(Multipart, a_stream_out_of_step_is_corrupt) {
  MultipartReader reader{"b"};
  reader.feed("--b\r\nContent-length: 3\r\n\r\nabcdef");
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.next().error().code, ErrorCode::corrupt);
  MultipartReader no_length{"b"};
  no_length.feed("--b\r\nContent-type: text/xml\r\n\r\n<x/>");
  EXPECT_EQ(no_length.next().error().code, ErrorCode::corrupt);
  MultipartReader endless{"b"};
  endless.feed("--b\r\nX: " + std::string(20'000, 'y'));
  EXPECT_EQ(endless.next().error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace hanse::connectors::mtconnect
