#include "base/text.hpp"

#include <gtest/gtest.h>

#include <array>

#include "base/csv.hpp"

namespace hanse {
namespace {

constexpr std::array<std::string_view, 3> kKnown = {"port", "host", "data_folder"};

TEST(NearestName, FindsTypingErrorsAndNothingElse) {
  EXPECT_EQ(nearest_name("prot", kKnown), "port");
  EXPECT_EQ(nearest_name("data_foldr", kKnown), "data_folder");
  EXPECT_EQ(nearest_name("colour", kKnown), "");
}

TEST(UnknownName, OfAnyLengthMakesAShortSentence) {
  const std::string_view known[] = {"name"};
  EXPECT_EQ(unknown_name("column", "nmae", known), "unknown column 'nmae'; did you mean 'name'?");
  EXPECT_EQ(unknown_name("column", std::string(1'000'000, 'n'), known),
            "unknown column '" + std::string(100, 'n') + "...'");
}

TEST(IsUtf8, RefusesWhatIsMalformed) {
  EXPECT_TRUE(is_utf8("Prüfstand \xF0\x9F\x8F\xAD"));
  EXPECT_FALSE(is_utf8("\xC0\xAF"));
  EXPECT_FALSE(is_utf8("\xED\xA0\x80"));
  EXPECT_FALSE(is_utf8("\xE2\x82"));
}

TEST(Csv, ReadsQuotesSeparatorsAndLineEnds) {
  auto table = parse_csv("\xef\xbb\xbfname;note\r\n\"a;1\";\"two\nlines \"\"q\"\"\"\r\n\nb;\n", 10);

  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->header, (std::vector<std::string>{"name", "note"}));
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[0].cells, (std::vector<std::string>{"a;1", "two\nlines \"q\""}));
  EXPECT_EQ(table->rows[1].cells, (std::vector<std::string>{"b", ""}));
  EXPECT_EQ(table->rows[1].line, 5u);
}

TEST(Csv, NamesTheLineOfAnError) {
  EXPECT_EQ(parse_csv("a,b\n1,2,3\n", 10).error().message, "line 2: 3 cells, but the header has 2");
  EXPECT_EQ(parse_csv("a,b\n\"1,2\n", 10).error().message, "line 2: a quote is opened and never closed");
  EXPECT_EQ(parse_csv("a\n1\n2\n", 1).error().code, ErrorCode::too_large);
  EXPECT_EQ(parse_csv("", 1).error().code, ErrorCode::invalid);
}

TEST(Csv, RefusesAHeaderOfTooManyColumns) {
  std::string header = "id";
  for (int i = 1; i < 1000; ++i) header += ",c";
  EXPECT_TRUE(parse_csv(header + "\n", 10));
  const auto wide = parse_csv(header + ",c\n", 10);
  ASSERT_FALSE(wide);
  EXPECT_EQ(wide.error().code, ErrorCode::too_large);
  EXPECT_EQ(wide.error().message, "the first line names 1001 columns; 1000 is the limit");
}

TEST(Clip, CutsBetweenCharacters) {
  EXPECT_EQ(clip("Präzision", 20), "Präzision");
  EXPECT_EQ(clip("Präzision", 4), "Prä");
  EXPECT_EQ(clip("Präzision", 3), "Pr");
  EXPECT_EQ(clip("ä", 1), "");
}

TEST(Csv, DefusesFormulas) {
  EXPECT_EQ(csv_cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
  EXPECT_EQ(csv_cell("-1.5"), "-1.5");
  EXPECT_EQ(csv_cell("a,\"b\""), "\"a,\"\"b\"\"\"");
}

}  // namespace
}  // namespace hanse
