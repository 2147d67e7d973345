#include "connectors/mtconnect/document.hpp"

#include "connectors/mtconnect/internal/test_documents.hpp"

namespace hanse::connectors::mtconnect {
namespace {

using internal::observation;
using internal::read_body;

template <class T>
T parsed(std::string text) {
  auto document = parse_document(std::move(text));
  EXPECT_TRUE(document) << (document ? "" : document.error().message);
  if (!document || !std::holds_alternative<T>(*document)) {
    ADD_FAILURE() << "another kind of document";
    return {};
  }
  return std::get<T>(std::move(*document));
}

TEST(Document, reads_the_probe_of_a_real_agent) {
  const auto probe = parsed<Probe>(read_body("probe.http"));
  EXPECT_EQ(probe.header.instance_id, 1795352533u);
  EXPECT_EQ(probe.header.buffer_size, 4096u);
  ASSERT_EQ(probe.devices.size(), 1u);
  const auto& device = probe.devices[0];
  EXPECT_EQ(device.name, "Mazak01");
  EXPECT_EQ(device.manufacturer, "Mazak");
  EXPECT_EQ(device.serial_number, "M7303290458");
  const auto x =
      std::find_if(device.items.begin(), device.items.end(), [](const auto& i) { return i.id == "Mazak01-X_1"; });
  ASSERT_NE(x, device.items.end());
  EXPECT_EQ(x->type, "POSITION");
  EXPECT_EQ(x->sub_type, "ACTUAL");
  EXPECT_EQ(x->units, "MILLIMETER");
  EXPECT_EQ(x->component, "base/X");
  EXPECT_EQ(x->category, Category::sample);
}

TEST(Document, reads_the_current_state_of_a_real_agent) {
  const auto body = read_body("current.http");
  const auto streams = parsed<Streams>(body);
  EXPECT_EQ(streams.header.next_sequence, 4604u);
  EXPECT_EQ(streams.header.first_sequence, 508u);
  // Counted from the text alone: every observation carries its id once.
  std::size_t ids = 0;
  for (auto at = body.find("dataItemId="); at != std::string::npos; at = body.find("dataItemId=", at + 1)) ++ids;
  EXPECT_EQ(streams.observations.size(), ids);
  EXPECT_TRUE(std::is_sorted(streams.observations.begin(), streams.observations.end(),
                             [](const auto& a, const auto& b) { return a.sequence < b.sequence; }));
}

TEST(Document, an_error_with_http_status_200_is_an_error) {
  const auto errors = parsed<Errors>(read_body("error-out-of-range.http"));
  ASSERT_EQ(errors.errors.size(), 1u);
  EXPECT_EQ(errors.errors[0].code, "OUT_OF_RANGE");
}

TEST(Document, typed_errors_of_version_2_6_have_the_old_codes) {
  const auto errors = parsed<Errors>(
      R"(<MTConnectError><Header instanceId="7"/><Errors><OutOfRange><ErrorMessage>no</ErrorMessage></OutOfRange></Errors></MTConnectError>)");
  ASSERT_EQ(errors.errors.size(), 1u);
  EXPECT_EQ(errors.errors[0].code, "OUT_OF_RANGE");
  EXPECT_EQ(errors.errors[0].message, "no");
}

TEST(Document, reads_data_sets_and_tables) {
  const auto streams = parsed<Streams>(internal::streams_document(
      {.next = 3}, "",
      observation("VariableDataSet", "v", 1, R"(<Entry key="a">1</Entry><Entry key="b" removed="true"/>)") +
          observation("OffsetTable", "t", 2,
                      R"(<Entry key="G54"><Cell key="X">1.5</Cell><Cell key="Y">2</Cell></Entry>)")));
  ASSERT_EQ(streams.entries.size(), 4u);
  EXPECT_EQ(streams.entries[0].key, "a");
  EXPECT_TRUE(streams.entries[1].removed);
  EXPECT_EQ(streams.entries[3].cell, "Y");
  EXPECT_EQ(streams.observations[1].entries_begin, 2u);
  EXPECT_EQ(streams.observations[1].representation, Representation::table);
}

TEST(Document, a_broken_observation_is_skipped_and_told) {
  const auto streams = parsed<Streams>(internal::streams_document(
      {.next = 3}, R"(<Load dataItemId="l" sequence="x" timestamp="2026-03-01T06:00:00Z">1</Load>)" +
                       observation("Load", "l", 2, "5")));
  EXPECT_EQ(streams.skipped, 1u);
  EXPECT_EQ(streams.observations.size(), 1u);
  EXPECT_FALSE(streams.skipped_sample.empty());
}

TEST(Document, what_is_not_mtconnect_is_refused) {
  EXPECT_EQ(parse_document("<html><body>404</body></html>").error().code, ErrorCode::corrupt);
  EXPECT_EQ(parse_document("<MTConnectStreams><Header").error().code, ErrorCode::corrupt);
  EXPECT_EQ(parse_document("").error().code, ErrorCode::corrupt);
}

TEST(Document, entities_are_not_expanded) {
  const auto bomb = parse_document(
      R"(<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><MTConnectError><Errors><Error errorCode="E">&b;</Error></Errors></MTConnectError>)");
  ASSERT_TRUE(bomb);
  EXPECT_EQ(std::get<Errors>(*bomb).errors[0].message, "&b;");
}

TEST(ReadTime, any_number_of_digits_and_a_missing_zone) {
  const auto reference = *parse_timestamp("2017-06-27T08:44:43.221Z");
  Timestamp time;
  for (const auto* text : {"2017-06-27T08:44:43.221Z", "2017-06-27T08:44:43.221000000000Z", "2017-06-27T08:44:43.221",
                           "2017-06-27T10:44:43.221+02:00"}) {
    EXPECT_TRUE(read_time(text, time)) << text;
    EXPECT_EQ(time, reference) << text;
  }
  for (const auto* text : {"", "yesterday", "2017-06-31T08:44:43Z", "2017-06-27T25:44:43Z", "2017-06-27T08:44:43.Z"}) {
    EXPECT_FALSE(read_time(text, time)) << text;
  }
}

TEST(ReadTime, agrees_with_the_general_reader) {
  Timestamp time;
  for (const auto* text : {"1970-01-01T00:00:00Z", "2000-02-29T23:59:59.999999999Z", "1999-12-31T12:00:00.5Z",
                           "2100-03-01T00:00:00Z", "2260-12-31T00:00:00Z", "1700-01-01T00:00:00Z"}) {
    ASSERT_TRUE(read_time(text, time)) << text;
    EXPECT_EQ(time, *parse_timestamp(text)) << text;
  }
}

}  // namespace
}  // namespace hanse::connectors::mtconnect
