import type { ValidationResult } from '#core/data/report.ts';
import type { DatasetSpec } from '#core/spec/dataset.ts';

/** A dropped file that was copied to a local path of our own naming. */
export interface ValidationRequest {
  /** Local path of the file, as dropped. */
  readonly file: string;
  /** Local path where the Parquet part is written if the file is accepted; nothing is written otherwise. */
  readonly part: string;
  readonly dataset: DatasetSpec;
  /** Levels of learned columns in the dataset's newest version; a column that is not named warns of nothing. */
  readonly knownLevels?: Readonly<Record<string, readonly string[]>>;
}

/** Judges one dropped file. */
export interface FileValidator {
  /**
   * Accepts the file and writes its part, or says every rule that it breaks. However hostile the file is, the
   * answer is a result and never an error, and no value of the file is in it but the profile's.
   * The same file gives the same bytes.
   */
  validate(request: ValidationRequest): Promise<ValidationResult>;
}
