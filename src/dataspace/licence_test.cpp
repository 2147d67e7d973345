#include "dataspace/licence.hpp"

#include "dataspace/internal/maker.hpp"
#include "dataspace/internal/test_network.hpp"

namespace hanse::dataspace {
namespace {

const store::Actor kDesigner{"user:anna"};

class LicenceTest : public ::testing::Test {
 protected:
  LicenceTest() {
    designer.know(maker);
    maker.know(designer);
    EXPECT_TRUE(designer.catalogue->put(kDesigner, OfferTemplate{.id = "two-parts",
                                                                 .name = "Two parts",
                                                                 .partners = {},
                                                                 .groups = {},
                                                                 .terms = {.until = network.clock.now() + 24h * 30,
                                                                           .count = 2,
                                                                           .no_sharing = true,
                                                                           .machines = {"printer-1", "printer-2"}},
                                                                 .rules = {},
                                                                 .text = {}}));
    EXPECT_TRUE(designer.catalogue->put(kDesigner, Dataset{.id = "valve",
                                                           .title = "Valve",
                                                           .description = {},
                                                           .kind = DatasetKind::design,
                                                           .source = "valve.3mf",
                                                           .offer = "two-parts"}));
    const auto seen = designer.catalogue->visible(*designer.partners->confirmed("maker"), "valve");
    const auto begun = maker.connector->request_negotiation(kDesigner, {.partner = "designer",
                                                                        .dataset = "valve",
                                                                        .offer_id = seen->offer_id,
                                                                        .offer = seen->offer_json,
                                                                        .address = {}});
    network.run();
    agreement = maker.connector->processes().get(begun->id)->record.agreement;
    designer.source.text = "the design";
  }
  Result<LicenceJob> use(const std::string& machine, const std::string& serial) {
    return book.use(*designer.partners->confirmed("maker"),
                    {.agreement = agreement, .machine = machine, .serial = serial});
  }

  TestNetwork network;
  TestNode designer{network, "designer", network.clock};
  TestNode maker{network, "maker", network.clock};
  LicenceBook book{*designer.connector};
  std::string agreement;
};

TEST_F(LicenceTest, EachUseIsCountedAndTheThirdRefused) {
  const auto first = use("printer-1", "SN-1");
  ASSERT_TRUE(first) << to_string(first.error());
  EXPECT_EQ(first->number, 1);
  EXPECT_EQ(first->left, 1);
  EXPECT_EQ(use("printer-2", "SN-2")->left, 0);
  const auto third = use("printer-1", "SN-3");
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, ErrorCode::forbidden);
  EXPECT_EQ(third.error().message, "refused: 3 of 2 uses");
  const auto uses = book.uses(agreement, {}, 10);
  ASSERT_EQ(uses->items.size(), 2U);
  EXPECT_EQ(uses->items[0].record.serial, "SN-2");
  EXPECT_EQ(uses->items[1].record.machine, "printer-1");
}

TEST_F(LicenceTest, TheMakersNodeOpensTheJobAndBothSidesListThePart) {
  const Ask ask = [&](const Outbound& call) { return network.carry(call); };
  const auto make = [&](const std::string& serial) {
    return make_part(*maker.connector, ask, {.agreement = agreement, .machine = "printer-1", .serial = serial});
  };
  const auto job = make("SN-1");
  ASSERT_TRUE(job) << to_string(job.error());
  EXPECT_EQ(*from_base64url(job->content), "the design");
  EXPECT_EQ(job->left, 1);
  ASSERT_TRUE(make("SN-1"));  // again, after a lost answer
  ASSERT_TRUE(make("SN-2"));
  const auto third = make("SN-3");
  ASSERT_FALSE(third);
  EXPECT_TRUE(third.error().message.contains("3 of 2 uses")) << third.error().message;
  EXPECT_EQ(maker.connector->meters().get(agreement)->record.uses, 2);
  EXPECT_EQ(designer.connector->meters().get(agreement)->record.uses, 2);
  EXPECT_EQ(LicenceBook{*maker.connector}.uses(agreement, {}, 10)->items.size(), 2U);
  ASSERT_TRUE(designer.connector->revoke(kDesigner, agreement, "enough"));
  network.run();
  EXPECT_EQ(make("SN-2").error().code, ErrorCode::conflict);
}

TEST_F(LicenceTest, ADesignForNamedMachinesNeverLeavesAsAFile) {
  const auto begun = maker.connector->request_transfer(
      kDesigner, {.agreement = agreement, .format = std::string{kPull}, .data_address = {}, .address = {}});
  ASSERT_TRUE(begun);
  network.run();
  const auto address = maker.connector->processes().get(begun->id)->record.data_address;
  ASSERT_TRUE(address);
  const auto answer = designer.call({.id = "x",
                                     .partner = "designer",
                                     .method = "GET",
                                     .url = address->endpoint,
                                     .authorization = "Bearer " + address->properties.at("authorization"),
                                     .body = {}});
  EXPECT_EQ(answer.status, 403);
  EXPECT_TRUE(answer.body.contains("part by part")) << answer.body;
}

TEST_F(LicenceTest, ALostAnswerCostsNothing) {
  ASSERT_TRUE(use("printer-1", "SN-1"));
  EXPECT_EQ(use("printer-1", "SN-1")->left, 1);
  EXPECT_FALSE(use("printer-2", "SN-1"));  // the same part can't be made on another machine
  EXPECT_EQ(use("printer-1", "SN-2")->left, 0);
}

TEST_F(LicenceTest, TheJobOpensForItsRecipientOnly) {
  const auto job = use("printer-1", "SN-1");
  ASSERT_TRUE(job);
  const auto opened = open_job(*job, maker.partners->own().key);
  ASSERT_TRUE(opened);
  EXPECT_NE(opened->find(base64url("the design")), std::string::npos);
  EXPECT_FALSE(open_job(*job, designer.partners->own().key));
}

TEST_F(LicenceTest, OtherMachinesAndLaterDaysAreRefused) {
  const auto elsewhere = use("printer-9", "SN-1");
  ASSERT_FALSE(elsewhere);
  EXPECT_EQ(elsewhere.error().message, "refused: the machine printer-9 is not allowed; allowed: printer-1, printer-2");
  network.clock.advance(24h * 31);
  EXPECT_FALSE(use("printer-1", "SN-1"));
}

TEST_F(LicenceTest, ARevokedLicenceGivesNothingMore) {
  ASSERT_TRUE(use("printer-1", "SN-1"));
  ASSERT_TRUE(designer.connector->revoke(kDesigner, agreement, "the design has a fault"));
  const auto refused = use("printer-1", "SN-2");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "refused: the licence is revoked: the design has a fault");
  network.run();
  EXPECT_EQ(maker.connector->agreements().get(agreement)->record.status, AgreementStatus::revoked);
}

TEST_F(LicenceTest, AnotherPartnersLicenceDoesNotExist) {
  TestNode stranger{network, "stranger", network.clock};
  designer.know(stranger);
  const auto refused = book.use(*designer.partners->confirmed("stranger"),
                                {.agreement = agreement, .machine = "printer-1", .serial = "SN-1"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::not_found);
}

TEST_F(LicenceTest, TheMakersNodeAsksThroughTheProtocolsListener) {
  const auto partner = *maker.partners->confirmed("designer");
  const auto answer = designer.call({.id = "x",
                                     .partner = "designer",
                                     .url = designer.address + "/hanse/licences/" + encode_segment(agreement) + "/use",
                                     .authorization = maker.partners->authorization_for(partner),
                                     .body = R"({"machine":"printer-1","serial":"SN-7"})"});
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_TRUE(open_job(*from_json<LicenceJob>(answer.body), maker.partners->own().key));
}

}  // namespace
}  // namespace hanse::dataspace
