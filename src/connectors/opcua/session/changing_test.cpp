#include "connectors/opcua/internal/following.hpp"

namespace hanse::connectors::opcua {
namespace {

using internal::Following;

/// What a client that may change `settings` answers to one command.
class Changing : public Following {
 protected:
  static constexpr std::string_view kObject = "nsu=urn:press;s=Press1", kMethod = "nsu=urn:press;s=Reset";

  Changing() {
    server_.nodes.push_back(
        {.id = {2, "Reset"}, .parent = {2, "Press1"}, .name = "Reset", .node_class = NodeClass::method, .value = {}});
    OpcuaSettings settings;
    settings.writable = {{.node = std::string{kTemp}, .low = 0, .high = 100}};
    settings.callable = {{.object = std::string{kObject}, .method = std::string{kMethod}}};
    make_client(settings);
    connect();
    publish();
  }
  void ask(Command command) {
    answer_.reset();
    client_->command(std::move(command), [this](Result<std::string> answer) {
      EXPECT_FALSE(answer_) << "told once";
      answer_ = std::move(answer);
    });
  }
  void write(std::string_view node, std::string_view value) {
    ask({.address = std::string{node}, .method = {}, .value = {std::string{value}}});
    exchange();
  }
  void call(std::string_view arguments) {
    ask({.address = std::string{kObject}, .method = std::string{kMethod}, .value = {std::string{arguments}}});
    exchange();
  }
  std::optional<ErrorCode> refusal() const {
    return answer_ && !*answer_ ? std::optional{answer_->error().code} : std::nullopt;
  }
  std::string why() const { return answer_ && !*answer_ ? answer_->error().message : "no error"; }

  std::optional<Result<std::string>> answer_;
};

TEST_F(Changing, a_value_on_the_list_is_written_as_the_servers_type_and_read_back) {
  write(kTemp, "25");
  ASSERT_TRUE(answer_ && *answer_) << why();
  EXPECT_EQ(**answer_, "written; it was 1, the server reads 25 now");
  EXPECT_EQ(std::get<double>(server_.nodes[1].value.value.value), 25.0);
}

TEST_F(Changing, nothing_is_sent_that_is_not_on_the_list_or_outside_its_limits) {
  write("nsu=urn:press;s=Count", "25");
  EXPECT_EQ(refusal(), ErrorCode::forbidden) << why();
  write("ns=2;s=Temp", "25");
  EXPECT_EQ(refusal(), ErrorCode::forbidden) << "the same node under another name is another name";
  for (const auto* value : {"-1", "101", "\"25\"", "[5, 200]", "true", "not json", ""}) {
    write(kTemp, value);
    EXPECT_EQ(refusal(), ErrorCode::invalid) << value << ": " << why();
  }
  ask({.address = std::string{kTemp}, .method = std::string{kMethod}, .value = {"[]"}});
  EXPECT_EQ(refusal(), ErrorCode::forbidden) << why();
  exchange();
  EXPECT_EQ(server_.writes, 0u);
  EXPECT_TRUE(server_.calls.empty());
}

TEST_F(Changing, a_refusal_of_the_server_is_told_with_its_reason) {
  server_.answer_to_change = StatusCode{0x803B0000};
  write(kTemp, "25");
  EXPECT_EQ(refusal(), ErrorCode::unavailable);
  EXPECT_NE(why().find("BadNotWritable"), std::string::npos) << why();
  call("[]");
  EXPECT_EQ(refusal(), ErrorCode::unavailable);
}

TEST_F(Changing, what_was_sent_when_the_line_broke_is_unknown_and_never_sent_again) {
  ask({.address = std::string{kTemp}, .method = {}, .value = {"25"}});
  client_->receive(server_.answer(client_->take_output()), now());  // The type is known now,
  EXPECT_FALSE(client_->take_output().empty()) << "the write is sent into the dead socket";
  lose();
  EXPECT_EQ(refusal(), ErrorCode::timeout) << why();
  connect();
  publish();
  EXPECT_EQ(server_.writes, 0u);
}

TEST_F(Changing, an_answer_that_does_not_tell_whether_it_was_done_is_no_refusal) {
  for (const std::uint32_t open : {0x800A0000u, 0x80050000u, 0x80010000u}) {  // BadTimeout and its like
    server_.answer_to_change = StatusCode{open};
    write(kTemp, "25");
    EXPECT_EQ(refusal(), ErrorCode::timeout) << why();
    call("[]");
    EXPECT_EQ(refusal(), ErrorCode::timeout) << why();
  }
  server_.answer_to_change = {};
  server_.garbles_changes = true;
  write(kTemp, "26");
  EXPECT_EQ(refusal(), ErrorCode::timeout) << why();
  EXPECT_EQ(std::get<double>(server_.nodes[1].value.value.value), 26.0) << "it was done";
}

TEST_F(Changing, a_line_that_broke_before_anything_was_sent_says_so) {
  ask({.address = std::string{kTemp}, .method = {}, .value = {"25"}});
  lose();
  EXPECT_EQ(refusal(), ErrorCode::unavailable) << why();
  write(kTemp, "25");
  EXPECT_EQ(refusal(), ErrorCode::unavailable) << "no session";
}

TEST_F(Changing, a_method_gets_its_arguments_in_the_types_that_it_names) {
  call("[]");
  ASSERT_TRUE(answer_ && *answer_) << why();
  EXPECT_EQ(**answer_, "called");
  Array<ExtensionObject> arguments;
  arguments.push_back(wrap(Argument{.name = "Count", .data_type = 7, .description = {}}));
  arguments.push_back(wrap(Argument{.name = "Who", .data_type = 12, .description = {}}));
  server_.nodes.push_back({.id = {2, "Reset.In"},
                           .parent = {2, "Reset"},
                           .name = "InputArguments",
                           .value = data_value(std::move(arguments))});
  call(R"([7, "anna"])");
  ASSERT_TRUE(answer_ && *answer_) << why();
  EXPECT_EQ(**answer_, "called; it answered 7, anna");
  ASSERT_EQ(server_.calls.size(), 2u);
  EXPECT_EQ(server_.calls[1].input_arguments[0].type(), Builtin::uint32);
  for (const auto* wrong : {"[]", "[7]", "[-7, \"anna\"]", "{}"}) {
    call(wrong);
    EXPECT_EQ(refusal(), ErrorCode::invalid) << wrong;
  }
  EXPECT_EQ(server_.calls.size(), 2u);
}

TEST_F(Changing, a_matrix_is_written_row_by_row_within_the_limits) {
  server_.nodes[1].value = data_value(Array<std::int16_t>{1, 2, 3, 4});
  server_.nodes[1].value.value.dimensions = {2, 2};
  write(kTemp, "[[5, 6, 7], [8, 9, 10]]");
  ASSERT_TRUE(answer_ && *answer_) << why();
  EXPECT_EQ(**answer_, "written; it was [[1, 2], [3, 4]], the server reads [[5, 6, 7], [8, 9, 10]] now");
  const auto& written = server_.nodes[1].value.value;
  EXPECT_EQ(std::get<Array<std::int16_t>>(written.value).size(), 6u);
  EXPECT_EQ(written.dimensions, (std::vector<std::int32_t>{2, 3}));
  for (const auto* wrong : {"[[1, 2], [3]]", "[1, 2]", "[[1, 2], [3, 101]]", "5"}) {
    write(kTemp, wrong);
    EXPECT_EQ(refusal(), ErrorCode::invalid) << wrong << ": " << why();
  }
  EXPECT_EQ(server_.writes, 1u);
}

/// A server whose `Temp` is a structure that it describes.
class ChangingStructures : public Changing {
 protected:
  ChangingStructures() {
    std::string body;
    BinaryWriter writer{body};
    writer.write(1.5);
    writer.write(String{"slow"});
    ExtensionObject value{.type_id = {2, "P.Binary"}, .encoding = ExtensionObject::Encoding::binary, .body = body};
    server_.nodes[1].value = data_value(Box<ExtensionObject>{std::move(value)});
    StructureDefinition definition{
        .default_encoding_id = {2, "P.Binary"}, .base_data_type = 22, .structure_type = {}, .fields = {}};
    definition.fields.push_back({.name = "Speed", .data_type = 11});
    definition.fields.push_back({.name = "Mode", .data_type = 12});
    server_.structures[{2, "Temp"}] = {{2, "P"}, definition};
    OpcuaSettings settings;
    settings.writable = {{.node = std::string{kTemp}, .low = 0, .high = 100}};
    make_client(settings);
    connect();
    publish();
  }
};

TEST_F(ChangingStructures, a_structure_is_written_by_the_servers_description) {
  EXPECT_EQ(sink_.last(std::string{kTemp} + "/Speed"), "1.5");
  write(kTemp, R"({"Mode": "fast", "Speed": 20})");
  ASSERT_TRUE(answer_ && *answer_) << why();
  EXPECT_EQ(**answer_, "written; it was {Speed 1.5, Mode slow}, the server reads {Speed 20, Mode fast} now");
  for (const auto* wrong : {R"({"Mode": "fast"})", R"({"Mode": "fast", "Speed": 101})",
                            R"({"Mode": "fast", "Speed": 1, "More": 1})", "20"}) {
    write(kTemp, wrong);
    EXPECT_EQ(refusal(), ErrorCode::invalid) << wrong << ": " << why();
  }
  EXPECT_EQ(server_.writes, 1u);
}

TEST_F(ChangingStructures, it_is_still_known_when_the_namespaces_have_moved) {
  lose();
  server_.restart();
  monotonic_ += 10s;
  server_.namespaces.insert(server_.namespaces.begin() + 1, "urn:extra");
  for (auto& node : server_.nodes) {
    ++node.id.space;
    if (node.parent.space != 0) ++node.parent.space;
    if (auto* object = std::get_if<Box<ExtensionObject>>(&node.value.value.value)) ++(**object).type_id.space;
  }
  server_.nodes.push_back({.id = {1, "filler"}, .parent = {1, "x"}, .name = "filler", .value = {}});
  connect();
  publish();
  EXPECT_EQ(sink_.last(std::string{kTemp} + "/Speed"), "1.5");
  write(kTemp, R"({"Mode": "fast", "Speed": 20})");
  ASSERT_TRUE(answer_ && *answer_) << why();
}

TEST_F(Following, a_connection_without_a_list_only_reads) {
  make_client();
  connect();
  publish();
  std::optional<Result<std::string>> answer;
  client_->command({.address = std::string{kTemp}, .method = {}, .value = {"25"}},
                   [&](Result<std::string> told) { answer = std::move(told); });
  exchange();
  ASSERT_TRUE(answer && !*answer);
  EXPECT_EQ(answer->error().code, ErrorCode::forbidden);
  EXPECT_EQ(server_.writes, 0u);
}

}  // namespace
}  // namespace hanse::connectors::opcua
