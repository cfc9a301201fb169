// Virtual calls over a mixture of shapes, and calls through std::function.
#include <cmath>
#include <functional>
#include <memory>
#include <vector>

#include "kernel.h"

namespace {

class Shape {
 public:
  virtual ~Shape() = default;
  virtual double Area() const = 0;
  virtual void Grow(double factor) = 0;
};

class Circle : public Shape {
 public:
  explicit Circle(double radius) : radius_(radius) {}
  double Area() const override { return 3.141592653589793 * radius_ * radius_; }
  void Grow(double factor) override { radius_ *= factor; }

 private:
  double radius_;
};

class Rectangle : public Shape {
 public:
  Rectangle(double width, double height) : width_(width), height_(height) {}
  double Area() const override { return width_ * height_; }
  void Grow(double factor) override { width_ *= factor; }

 private:
  double width_, height_;
};

class Triangle : public Shape {
 public:
  Triangle(double a, double b, double c) : a_(a), b_(b), c_(c) {}
  double Area() const override {
    const double s = (a_ + b_ + c_) / 2;
    return std::sqrt(s * (s - a_) * (s - b_) * (s - c_));
  }
  void Grow(double factor) override {
    a_ *= factor;
    b_ *= factor;
    c_ *= factor;
  }

 private:
  double a_, b_, c_;
};

std::unique_ptr<Shape> MakeShape(uint64_t* state) {
  const double size = 1 + NextUnit(state);
  switch (NextRandom(state) >> 62) {
    case 0:
      return std::make_unique<Circle>(size);
    case 1:
      return std::make_unique<Rectangle>(size, 2);
    default:
      return std::make_unique<Triangle>(size + 1, size + 1, size);
  }
}

uint64_t Run(uint32_t rounds) {
  uint64_t state = 73, checksum = 0;
  std::vector<std::unique_ptr<Shape>> shapes;
  for (int i = 0; i < 2000; ++i) shapes.push_back(MakeShape(&state));
  std::vector<std::function<double(double)>> functions;
  for (int i = 0; i < 8; ++i) {
    functions.push_back([i](double x) { return x * 0.5 + i; });
  }
  for (uint32_t round = 0; round < rounds; ++round) {
    double total = 0;
    for (const auto& shape : shapes) {
      total += shape->Area();
      total = functions[round % 8](total);
    }
    for (const auto& shape : shapes) shape->Grow(round % 2 ? 0.5 : 2.0);
    checksum = FoldDouble(checksum, total);
  }
  return checksum;
}

}  // namespace

int main(int argc, char** argv) { return RunKernel(argc, argv, 22000, Run); }
