#include "connectors/opcua/model/type_book.hpp"

namespace hanse::connectors::opcua {
namespace {

const NodeId kPoint{2, 10}, kPointEncoding{2, 11}, kPath{2, 20}, kPathEncoding{2, 21}, kColour{2, 30};

TypeBook make_book() {
  TypeBook book;
  StructureDefinition path{.default_encoding_id = kPathEncoding,
                           .base_data_type = 22,
                           .structure_type = StructureType::with_optional_fields,
                           .fields = {}};
  path.fields.push_back({.name = "Name", .data_type = 12});
  path.fields.push_back({.name = "Colour", .data_type = kColour, .is_optional = true});
  path.fields.push_back({.name = "Points", .data_type = kPoint, .value_rank = 1});
  book.add(kPath, path);
  EXPECT_EQ(book.missing(), (std::vector<NodeId>{kColour, kPoint}));
  StructureDefinition point{
      .default_encoding_id = kPointEncoding, .base_data_type = 22, .structure_type = {}, .fields = {}};
  point.fields.push_back({.name = "X", .data_type = 11});
  point.fields.push_back({.name = "Y", .data_type = 11});
  book.add(kPoint, point);
  book.add_enumeration(kColour);
  EXPECT_TRUE(book.missing().empty());
  return book;
}

std::string path_bytes(bool with_colour) {
  std::string bytes;
  BinaryWriter writer{bytes};
  writer.write(std::uint32_t{with_colour});
  writer.write(String{"edge"});
  if (with_colour) writer.write(std::int32_t{3});
  writer.write(std::int32_t{2});
  for (const double number : {1.0, 2.0, 3.0, 4.0}) writer.write(number);
  return bytes;
}

std::string summary(const std::vector<FlatField>& fields) {
  std::string text;
  for (const auto& field : fields) text += field.name + "=" + value_text(field.value) + " ";
  return text;
}

TEST(TypeBook, takes_structures_apart_by_the_servers_own_description) {
  const auto book = make_book();
  ExtensionObject object{
      .type_id = kPathEncoding, .encoding = ExtensionObject::Encoding::binary, .body = path_bytes(true)};
  EXPECT_EQ(summary(book.flatten(object)),
            "Name=edge Colour=3 Points[0]/X=1 Points[0]/Y=2 Points[1]/X=3 Points[1]/Y=4 ");
  object.body = path_bytes(false);
  EXPECT_EQ(summary(book.flatten(object)), "Name=edge Points[0]/X=1 Points[0]/Y=2 Points[1]/X=3 Points[1]/Y=4 ");
}

TEST(TypeBook, what_does_not_fit_its_description_is_left_whole) {
  const auto book = make_book();
  ExtensionObject object{
      .type_id = kPathEncoding, .encoding = ExtensionObject::Encoding::binary, .body = path_bytes(true) + "x"};
  EXPECT_TRUE(book.flatten(object).empty()) << "bytes left over";
  object.body = path_bytes(true).substr(0, 20);
  EXPECT_TRUE(book.flatten(object).empty()) << "too short";
  object.type_id = NodeId{2, 99};
  EXPECT_TRUE(book.flatten(object).empty()) << "unknown";
}

Result<ExtensionObject> composed(const TypeBook& book, std::string_view json) {
  const auto document = JsonDocument::parse(json);
  EXPECT_TRUE(document) << json;
  return book.compose(kPathEncoding, document->root());
}

TEST(TypeBook, puts_structures_together_as_it_takes_them_apart) {
  const auto book = make_book();
  const auto full = composed(book, R"({"Name": "edge", "Colour": 3, "Points": [{"X": 1, "Y": 2}, {"Y": 4, "X": 3}]})");
  ASSERT_TRUE(full) << full.error().message;
  EXPECT_EQ(full->body, path_bytes(true));
  EXPECT_EQ(full->type_id, kPathEncoding);
  const auto shorter = composed(book, R"({"Name": "edge", "Points": [{"X": 1, "Y": 2}, {"X": 3, "Y": 4}]})");
  ASSERT_TRUE(shorter) << shorter.error().message;
  EXPECT_EQ(shorter->body, path_bytes(false));
}

TEST(TypeBook, a_structure_that_does_not_fit_is_refused_with_the_fields_path) {
  const auto book = make_book();
  for (const auto& [json, why] : {std::pair{R"({"Name": "edge"})", "/Points: must be there"},
                                  {R"({"Name": "edge", "Points": [{"X": 1}]})", "/Points[0]/Y: must be there"},
                                  {R"({"Name": 5, "Points": []})", "/Name: the value must be a text"},
                                  {R"({"Name": "e", "Points": [], "Colur": 1})", "no field 'Colur'"},
                                  {R"({"Name": "e", "Points": 3})", "/Points: must be a list"},
                                  {R"([1])", "must be an object with Name, Colour, Points"}}) {
    const auto object = composed(book, json);
    ASSERT_FALSE(object) << json;
    EXPECT_EQ(object.error().code, ErrorCode::invalid);
    EXPECT_NE(object.error().message.find(why), std::string::npos) << object.error().message;
  }
  EXPECT_FALSE(book.compose({2, 99}, JsonDocument::parse("{}")->root())) << "unknown";
}

TEST(TypeBook, unions_matrices_and_lists_of_numbers_are_written_as_they_lie) {
  TypeBook book;
  StructureDefinition either{.default_encoding_id = kPathEncoding,
                             .base_data_type = 22,
                             .structure_type = StructureType::union_,
                             .fields = {}};
  either.fields.push_back({.name = "Name", .data_type = 12});
  either.fields.push_back({.name = "Grid", .data_type = 5, .value_rank = 2});
  either.fields.push_back({.name = "Levels", .data_type = 11, .value_rank = 1});
  book.add(kPath, either);
  for (const auto& [json, flat] :
       {std::pair{R"({"Grid": [[1, 2], [3, 4]]})", "Grid[0]=1 Grid[1]=2 Grid[2]=3 Grid[3]=4 "},
        {R"({"Levels": [0.5]})", "Levels[0]=0.5 "},
        {R"({"Name": "x"})", "Name=x "}}) {
    const auto object = composed(book, json);
    ASSERT_TRUE(object) << object.error().message;
    EXPECT_EQ(summary(book.flatten(*object)), flat);
  }
  EXPECT_FALSE(composed(book, R"({"Name": "x", "Levels": []})")) << "one of them";
  EXPECT_FALSE(composed(book, "{}"));
}

TEST(TypeBook, follows_the_namespaces_to_their_new_places) {
  auto book = make_book();
  const std::vector<std::string> before{"ua", "server", "press"}, now{"ua", "extra", "server", "press"};
  book.renumber(before, now);
  const ExtensionObject object{
      .type_id = {3, 21}, .encoding = ExtensionObject::Encoding::binary, .body = path_bytes(false)};
  EXPECT_EQ(book.flatten(object).size(), 5u);
  EXPECT_TRUE(book.missing().empty());
  EXPECT_FALSE(book.knows_encoding(kPathEncoding));
  book.renumber(now, before);
  EXPECT_TRUE(book.knows_encoding(kPathEncoding));
  book.renumber(before, std::vector<std::string>{"ua"});
  EXPECT_FALSE(book.knows_encoding(kPathEncoding)) << "its namespace is gone";
}

TEST(TypeBook, a_structure_within_itself_ends) {
  TypeBook book;
  StructureDefinition endless{
      .default_encoding_id = kPointEncoding, .base_data_type = 22, .structure_type = {}, .fields = {}};
  endless.fields.push_back({.name = "Self", .data_type = kPoint});
  book.add(kPoint, endless);
  EXPECT_TRUE(book.flatten({.type_id = kPointEncoding,
                            .encoding = ExtensionObject::Encoding::binary,
                            .body = std::string(100, '\0')})
                  .empty());
}

TEST(TypeBook, structures_without_fields_cost_no_endless_time) {
  TypeBook book;
  StructureDefinition empty{
      .default_encoding_id = kPointEncoding, .base_data_type = 22, .structure_type = {}, .fields = {}};
  book.add(kPoint, empty);
  StructureDefinition path{
      .default_encoding_id = kPathEncoding, .base_data_type = 22, .structure_type = {}, .fields = {}};
  path.fields.push_back({.name = "Points", .data_type = kPoint, .value_rank = 1});
  book.add(kPath, path);
  std::string bytes;
  BinaryWriter{bytes}.write(std::int32_t{2'000'000'000});
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(
      book.flatten({.type_id = kPathEncoding, .encoding = ExtensionObject::Encoding::binary, .body = bytes}).empty());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

}  // namespace
}  // namespace hanse::connectors::opcua
