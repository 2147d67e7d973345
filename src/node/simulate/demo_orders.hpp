#pragma once

#include "apps/scheduling/book.hpp"

namespace hanse::node::simulate {

/// Routings, change-overs and some days' production orders for the ventilator plant, of scenarios/demo; due dates count
/// from `now`. Does nothing when there are routings already. Errors: of the store, or `invalid` when the files don't
/// fit, naming the record.
Result<void> seed_demo_orders(apps::scheduling::Book& book, Timestamp now, const store::Actor& actor);

}  // namespace hanse::node::simulate
