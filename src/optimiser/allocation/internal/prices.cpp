#include "optimiser/allocation/internal/prices.hpp"

#include <algorithm>
#include <cmath>

namespace hanse::optimiser::allocation::internal {
namespace {

struct Piece {
  float gain;  ///< Per hour, positive.
  float hours;
};

/// The best use of a pool's hours in a week: activities by gain per hour, overtime where it still pays. Returns its
/// (negative) cost and, as `rent`, the gain of the last hour.
double fill(std::vector<Piece>& pieces, double hours, double overtime, double overtime_cost, float& rent) {
  std::sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) { return a.gain > b.gain; });
  double value = 0, left = hours;
  rent = 0;
  bool on_overtime = false;
  for (const auto& piece : pieces) {
    double wanted = piece.hours;
    while (wanted > 0) {
      const double gain = piece.gain - (on_overtime ? overtime_cost : 0);
      if (gain <= 0) {
        rent = piece.gain;
        return value;
      }
      const double taken = std::min(wanted, left);
      value -= taken * gain;
      wanted -= taken;
      left -= taken;
      if (left <= 1e-6 * hours) rent = piece.gain;  // Exactly full is full.
      if (wanted <= 0) break;
      if (on_overtime) {
        rent = piece.gain;
        return value;
      }
      on_overtime = true;
      left = overtime;
    }
  }
  return value;
}

}  // namespace

void project(const Model& m, Prices& prices) {
  for (auto& price : prices.item) price = std::max(0.0F, price);
  for (auto& price : prices.over) price = std::max(0.0F, price);
  for (std::size_t r = 0; r < m.rows.size(); ++r) {
    if (!std::isfinite(m.rows[r].max)) prices.over[r] = 0;
    prices.under[r] = std::clamp(prices.under[r], 0.0F, static_cast<float>(m.rows[r].min_penalty));
  }
  for (std::uint32_t t = 0; t < m.weeks; ++t) {
    for (std::size_t q = 0; q < m.places() && t > 0; ++q) {
      auto* price = &prices.item[q * m.padded];
      price[t] = std::min(price[t], price[t - 1] + m.hold[q / m.zones]);
    }
    for (const auto& flow : m.flows) {
      if (t < flow.lead) continue;
      auto& there = prices.item[flow.to * m.padded + t];
      there = std::min(there, prices.item[flow.from * m.padded + t - flow.lead] + flow.cost);
    }
  }
  for (std::size_t q = 0; q < m.places(); ++q) {
    for (auto t = m.weeks; t < m.padded; ++t) prices.item[q * m.padded + t] = 0;
  }
}

void price_inputs(const Model& m, const std::vector<float>& item, std::vector<float>& out) {
  out.assign(m.groups() * m.weeks, 0);
  for (std::size_t g = 0; g < m.groups(); ++g) {
    float* row = &out[g * m.weeks];
    for (const auto& need : m.inputs[g / m.zones]) {
      const float* price = &item[(need.item * m.zones + g % m.zones) * m.padded];
      const auto quantity = static_cast<float>(need.quantity);
      for (std::uint32_t t = 0; t < m.weeks; ++t) row[t] += quantity * price[t];
    }
  }
}

double bound(const Model& m, const Prices& prices, std::vector<float>* rents) {
  std::vector<float> input_cost;
  price_inputs(m, prices.item, input_cost);
  std::vector<float> extra(m.count);
  double value = 0;
  for (std::size_t r = 0; r < m.rows.size(); ++r) {
    if (std::isfinite(m.rows[r].max)) value -= prices.over[r] * m.rows[r].max;
    value += prices.under[r] * m.rows[r].min;
    for (const auto& [e, weight] : m.rows[r].terms) extra[e] += (prices.over[r] - prices.under[r]) * weight;
  }
  if (rents) rents->assign((m.pool_begin.size() - 1) * m.weeks, 0);
  std::vector<Piece> pieces;
  for (std::size_t k = 0; k + 1 < m.pool_begin.size(); ++k) {
    for (std::uint32_t t = 0; t < m.weeks; ++t) {
      pieces.clear();
      for (auto e = m.pool_begin[k]; e < m.pool_begin[k + 1]; ++e) {
        const float most = m.most[e * m.weeks + t];
        if (most <= 0) continue;
        const float gain = m.yield[e] * prices.item[m.place[e] * m.padded + t + m.lead[e]] -
                           input_cost[m.group[e] * m.weeks + t] - m.cost[e] - extra[e];
        if (gain > 0) pieces.push_back({gain / m.hours[e], most * m.hours[e]});
      }
      if (pieces.empty()) continue;
      float rent = 0;
      value += fill(pieces, m.capacity[k * m.weeks + t], m.overtime[k * m.weeks + t], m.overtime_cost[k], rent);
      if (rents) (*rents)[k * m.weeks + t] = rent;
    }
  }
  for (const auto& market : m.markets) {
    for (std::uint32_t t = 0; t + market.lead < m.weeks; ++t) {
      value += market.most * std::min(0.0F, market.cost - prices.item[market.place * m.padded + t + market.lead]);
    }
  }
  for (std::size_t q = 0; q < m.places(); ++q) {
    for (std::uint32_t t = 0; t < m.weeks; ++t)
      value -= static_cast<double>(m.given[q * m.weeks + t]) * prices.item[q * m.padded + t];
  }
  for (const auto& due : m.dues) {
    const double units = m.set[due.item];
    for (std::uint32_t t = 0; t < m.weeks; ++t) {
      if (due.quantity[t] == 0) continue;
      double best = (m.late * (m.weeks - t) + m.shortage) * units;
      for (auto s = t; s < m.weeks; ++s)
        best = std::min(best, prices.item[due.place * m.padded + s] + m.late * (s - t) * units);
      value += due.quantity[t] * best;
    }
  }
  return value;
}

}  // namespace hanse::optimiser::allocation::internal
