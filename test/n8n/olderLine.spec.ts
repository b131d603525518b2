import { OLDER } from '../../scripts/n8n/hosts';
import { commandLineStories } from './support/commandLineStories';

describe('Command line of the older n8n on Node 20', () => commandLineStories(OLDER));
