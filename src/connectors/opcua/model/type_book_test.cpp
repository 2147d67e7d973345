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
