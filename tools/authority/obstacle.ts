/** Why the authority does not do what was asked, and what would help. */
export interface Obstacle {
  readonly problem: string;
  readonly remedy: string;
}
