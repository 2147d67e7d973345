#include "base/json.hpp"

#include <gtest/gtest.h>

#include <array>

#include "base/json_schema.hpp"
#include "base/text_value.hpp"

namespace hanse {

enum class Colour { red, green };
HANSE_DESCRIBE_ENUM(Colour, red, green)

struct Machine {
  std::string name;
  std::int64_t capacity = 7;
  std::optional<double> speed;
  Colour colour = Colour::red;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "name", .required = true},
                      FieldNote{.field = "capacity", .summary = "Parts an hour.", .min = 0, .max = 100}};
  }
};
HANSE_DESCRIBE(Machine, (name, capacity, speed, colour))

struct Site {
  Timestamp opened;
  std::vector<Machine> machines;
  std::map<std::string, double> limits;
  void validate(JsonReader& reader) const {
    if (machines.size() > 3) reader.error_at("machines", "a site holds three");
  }
};
HANSE_DESCRIBE(Site, (opened, machines, limits))

namespace {

TEST(Json, RoundTripsADescribedRecord) {
  const std::string text =
      R"({"opened":"2026-03-01T06:00:00.250Z","machines":[{"name":"a \"b\"\n","capacity":5,"speed":1.5,"colour":"green"},)"
      R"({"name":"c","capacity":7,"speed":null,"colour":"red"}],"limits":{"high":2}})";

  auto site = from_json<Site>(text);

  ASSERT_TRUE(site) << to_string(site.error());
  EXPECT_EQ(to_json(*site), text);
}

TEST(Json, KeepsDefaultsOfMissingFields) {
  auto machine = from_json<Machine>(R"({"name":"press"})");

  ASSERT_TRUE(machine);
  EXPECT_EQ(machine->capacity, 7);
}

TEST(Json, NamesEveryWrongFieldWithItsPath) {
  auto site = from_json<Site>(
      R"({"opened":"yesterday","machines":[{"name":"a"},{"capacity":-1,"colour":"blue","sped":1}],"limits":{"x":"y"}})");

  ASSERT_FALSE(site);
  const std::vector<FieldError> expected = {{"opened", "'yesterday' is not a time; write it like 2026-03-01T06:00:00Z"},
                                            {"machines[1].name", "is required"},
                                            {"machines[1].capacity", "must be at least 0"},
                                            {"machines[1].colour", "must be one of red, green"},
                                            {"machines[1].sped", "unknown field 'sped'; did you mean 'speed'?"},
                                            {"limits.x", "must be a number, not a text"}};
  EXPECT_EQ(site.error().fields, expected);
}

TEST(Json, RunsARecordsOwnValidation) {
  auto site = from_json<Site>(R"({"machines":[{"name":"a"},{"name":"b"},{"name":"c"},{"name":"d"}]})");

  ASSERT_FALSE(site);
  EXPECT_EQ(site.error().fields.at(0), (FieldError{"machines", "a site holds three"}));
}

TEST(Json, SaysWhereTheTextStopsBeingJson) {
  auto machine = from_json<Machine>("{\n \"name\": tru\n}");

  ASSERT_FALSE(machine);
  EXPECT_NE(machine.error().message.find("line 2"), std::string::npos) << machine.error().message;
}

TEST(Json, RefusesDeepNestingAndTrailingText) {
  EXPECT_FALSE(JsonDocument::parse(std::string(100, '[') + std::string(100, ']')));
  EXPECT_FALSE(JsonDocument::parse("{} {}"));
  EXPECT_FALSE(JsonDocument::parse(""));
}

TEST(Json, ReadsFieldsFromPlainText) {
  std::vector<std::int64_t> numbers;
  Colour colour{};
  std::int64_t count = 0;

  EXPECT_TRUE(parse_text("1, 2,3", numbers));
  EXPECT_EQ(numbers, (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_TRUE(parse_text("green", colour));
  EXPECT_EQ(colour, Colour::green);
  auto wrong = parse_text("many", count);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message, "must be a whole number, not a text");
}

TEST(JsonSchema, TellsInputFromOutput) {
  SchemaBook book;

  EXPECT_EQ(book.schema<Machine>(SchemaBook::Use::input), R"({"$ref":"#/components/schemas/MachineInput"})");
  EXPECT_EQ(book.schema<std::vector<Machine>>(SchemaBook::Use::output),
            R"({"type":"array","items":{"$ref":"#/components/schemas/Machine"}})");
  const auto components = book.components();
  EXPECT_TRUE(JsonDocument::parse(components));
  EXPECT_NE(components.find(R"("required":["name"])"), std::string::npos);
  EXPECT_NE(components.find(R"("required":["name","capacity","speed","colour"])"), std::string::npos);
  EXPECT_NE(components.find(R"("description":"Parts an hour.","minimum":0,"maximum":100)"), std::string::npos);
}

}  // namespace
}  // namespace hanse
